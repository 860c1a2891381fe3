select 1;
insert into t
values ('it\'s; here');
select 2;

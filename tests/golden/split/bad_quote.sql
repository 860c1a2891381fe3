select 1;
select 'open;
select 2;

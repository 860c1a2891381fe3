select 1;
select E'a\';

select 1 \g
select 2 \gx
  select 3 \gexec
select 4
\g
create procedure p() begin atomic end \g
select 5;
copy t from stdin \g
1
\.
select 6 /* ; */ \gexec
select 7;

copy t from stdin;
1	a
\.
select 1;

\set x 1
\if :x
select :x;
\copy t from xx
\else
select 3;
\endif
\echo hello 'x'
\copy t from stdin
1	2
\.
12

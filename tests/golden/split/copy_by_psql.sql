\copy t from stdin
1;
\.
\copy t (a, b) from stdin with (format csv);
1,2
\.
\copy t from stdin;
2
\.
\copy t from 'stdin'
\copy t from stdin.csv
\copy (select a from stdin) to stdout
select 1;

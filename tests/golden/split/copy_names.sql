copy s.from from stdin;
1
\.
copy s . /* . */ stdin from stdin;
2
\.
copy s.t.from (stdin, "from") from stdin;
\.
copy s.from to stdout; copy "from" from stdin;
\.
select 1;

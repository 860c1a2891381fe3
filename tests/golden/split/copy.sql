create table t (a int, b text);
COPY t (a, b) FROM stdin;
1	it's; $$ /* "
2	-- \\.
\.
copy public."from stdin" from STDIN with (format csv, header);
a,b
"x
\.;
"

\.

copy "t" from stdin -- why
  where a > 1; -- data below
\.
copy (select a from stdin) to stdout; copy t to stdout;
copy t from 'file.csv';
copy t from program 'cat'; copy stdin from stdout;
3	x
\.
select 1;

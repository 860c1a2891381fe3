copy t to stdout; copy t (a) to stdout with csv; copy (select 'from stdin;' from stdin) to stdout;
copy (select 1; select 2) to stdout; copy t to 'stdin'; copy t to program 'cat;';
copy t from 'stdin'; copy t from program 'cat stdin;'; copy from_stdin to stdout; select copy from stdin;
copy (insert into t values (1) returning a) to stdout; copy "from" to stdout; select 1;

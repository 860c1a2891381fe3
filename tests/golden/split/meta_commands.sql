\restrict AbC'123
\echo it's a "line; with things  
select 1;
  \set x 'y' \\ select 2;
select 3; \connect - -
\.
\
select 4 \gexec
;

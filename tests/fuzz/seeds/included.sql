select 1;
\i x
\ir xy
select :a, :'b';
select :"b";\set c :a
\if :on
select 2 \gexec
\endif

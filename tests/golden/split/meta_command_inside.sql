create procedure p() begin atomic
\echo no
end; select
\i x.sql
1; select ( \set a 1
); select 2;

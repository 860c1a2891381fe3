create table a (
  b int
);
-- note
select 1;

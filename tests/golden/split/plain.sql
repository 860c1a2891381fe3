-- a file of several statements
create table users (
  id   bigint primary key,
  name text not null check (name <> ';')
);

/* between; the
   statements */
create index on users (name);  -- behind; one
insert into users values (1, 'it''s; "here"'), (2, 'é;€');;
;
select 1

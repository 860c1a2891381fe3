create function a() returns int return 1; create function b(x int default (case when true then 1 end))
  returns table (begin int, "end" text) language sql immutable as $$ select 1; select 2; $$;
create or replace function c() returns trigger language plpgsql as $body$
begin
  if new.a then return null; end if;
  loop exit; end loop;
end;
$body$;
create procedure d(inout x int) language plpgsql set search_path = a, b as 'begin x := 1; end';
create function e() returns setof int begin atomic; select 1; end; create function f() returns int
  language sql begin
  -- ;
  atomic select 1; end; create aggregate g(int) (sfunc = f, stype = int);
create function h(int) returns int as 'lib;', 'sym;' language c strict; create trigger begin before
  insert on t for each row execute function f(); create event trigger x on ddl_command_end execute function f();
create function i() returns int begin select 1; select 2;

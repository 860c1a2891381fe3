create function one(a int) returns int
  language sql
begin atomic
  select case when a > 0 then case a when 1 then 2 end else 3 end;
  select t.end, t.case from t;
  select a end from t; select 1 as case;
  insert into "end" values ('end;');
end;
CREATE OR REPLACE PROCEDURE two() BEGIN ATOMIC END;
create procedure "begin"() begin /* x */ atomic
  select 1 -- end;
  ; end; select 'after';
create function three() returns int return case when true then 1 end; select 'after too';
begin; select 1; end;
create function four(begin int) returns int language sql as 'select 1; select 2'; commit;
create table atomic (begin int); select begin atomic from t;

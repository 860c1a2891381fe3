create function f(a int) returns int begin atomic
  select case a when 1 then case when a > 0 then 2 end else 3 end case_1;
  select case when a end end from t; -- a column called end
  insert into t select case when true then 1 end;
  ;
  (select 1);
  "end";
  with w as (select case when a then 1 end) select * from w;
  select t.begin, begin from t;
  return case when a > 1 then 2 end;
end; select 'after';
create or replace procedure p() language sql begin atomic
  ; create or replace function g() returns int begin atomic select case 1 when 1 then 2 end; end ;
  create table t (a int); begin_end; endless;
END; select 'after too';

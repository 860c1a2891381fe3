create table t (begin int, "end" int, atomic int, "case" int);
select begin, atomic from t; select t.end, t.case, begin from t; select 1 as end, 2 as case;
create function begin(begin int) returns int as 'select 1;' language sql; select begin(1);
create function f() returns t.begin as 'select 1;' language sql; select 1;
create function f() returns begin begin atomic select 1; end; select 2;
create procedure s.begin() set a to begin begin atomic end; select 3;
begin; savepoint begin; release begin; end; begin work; end transaction; select 4;

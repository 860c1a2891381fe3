create function outer_one() returns void begin atomic
  create function inner_one() returns int begin atomic select 1; end;
  select 2;
end;
select 3;

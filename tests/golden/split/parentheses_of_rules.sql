create rule r as on update to t do instead (
  update a set b = 1 where c = ';'; -- ; one
  insert into log values (';)', $$;)$$);
  delete from d where (e = 1)
);
create or replace rule r as on delete to t do also (notify x; notify y;);
select (((1))), array[(1), (2)], (array[1,2])[1]; select ')'; select "("; select /* ( */ 1;

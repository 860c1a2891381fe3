create function f() returns text language plpgsql as $outer$
begin
  execute $inner$ select 'a;b'; $inner$;
  return $$;$$;
end;
$outer$;
do $$ begin perform 1; end $$;
select a$b$ from t; select $1;

select $a$ $b$ ; $$ ; $a $b$ ; $a$; select $$$$; select $_1$;$_1$;
select $é$;$e$;$é$; select $€uro$;$€uro$;
select a$b$c, _$1, é$x$ from t; select $1, $2::int, f($3) where $4$$;$$;
select $a$;$A$;$a$; select $1a$ ; select b$ ;
do $outer$ begin execute $$ select ';$outer'; $$; end $outer$;

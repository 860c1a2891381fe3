select 1 /**/; /***/ select 2; /*/ ; */ select 3; /* ** / ; **/ select 4;
/*/* ; */*/ select 5; --; /* not open
select 6 --
; -- $$ ' " (
select 7 /* -- */; /* ' $$ " ( */ select 8; -- \echo nothing
/* \echo nothing
*/ select '/*', '--'; select "/*;", "--;"; select $$ /* -- $$;

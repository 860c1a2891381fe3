select a--b;
+ c; select 1 +/* ; */ 2; select 3 */* ; */ 4; select 5 @-@ 6, 7 <-- ;
8;
select a->>'b;', a #>> '{c;d}', a @> b, a ?| c, -- ;
 a ?& d, 1 <= - 2, @ -3, !!4, 5 ^ 6, ~7 | 8 & 9 # 0;
select 1 operator(pg_catalog.+) 2; select a-/b; select a/-- ;
b; select a * /* ; */ -1;
create operator @#@ (procedure = f, leftarg = int); select 1;

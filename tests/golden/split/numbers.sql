select 1e10, 1.5e-3, .5, 5., 1E+2; select 1..2; select 1.e5;
select 0x1F, 0b10, 0o17, 1_000; select 1e; select 1 .a; select $1.b;
select 1e-- ;
; select -1.-- ;
2;

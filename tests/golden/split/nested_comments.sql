select /* a ; /* b ; */ ' ; */ 1;
select 2 /* -- ; */ ; -- /* not open ;
select 3;

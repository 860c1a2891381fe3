select (1 \g
2); create procedure p() begin atomic select 1 \gexec
; end; select 3;

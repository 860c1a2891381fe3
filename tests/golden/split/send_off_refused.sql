select 1 \gset
; select 2 \g out.txt
; select 3 \g (format=csv)
; select 4 \gdesc
; select 5 \crosstabview
; select 6 \watch 1
; select 7 \; select 8;
; select a \: b;

select 1;select 2; -- noteselect 3;\echo aselect 4;
select 'a''b;';
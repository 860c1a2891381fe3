select 'one;'
'two;' -- three ';
   'four;';
select E'a\';'
	'b\'; still';
select 'a' 'b';
select 'a' /* no ; comment joins */
'b\'; select 2;
select U&'a;'
 'b\005c;' uescape '\'; select $$a$$
$$b;$$;
select "a"
"b";

copy t from stdin csv;
a,"b
\.
copy t (a, "b;c") from stdin with (format csv, delimiter ';', quote '"', null '\N', header);
1;"x
;y"
\.
copy s.t from stdin (format 'csv', force_not_null (a));
\. 
 \.
\..
\.
copy t from stdin delimiter ',' null as '' csv header quote as '"';
\.
copy t(a)from stdin;
\.
copy"t"from/**/stdin;
\.
COPY ONLY_T FROM STDIN WHERE a = 'x;' AND b in (1, 2);
1
\.
select 1;

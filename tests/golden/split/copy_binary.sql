copy t from stdin (format binary);
x
\.
copy binary u from stdin;
\.

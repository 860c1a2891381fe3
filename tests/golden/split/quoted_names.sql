select "a;b", "say ""hi;""", "it's", "--", "/*" from "t;";
create table "begin" ("end" int, "case;" text); select "a""";
select U&"\0061;", u&"!0062;""" uescape '!'; select 1;
create table s."x;y" ("(" int, ")" int); select 2;

select N'a\'; select n'it''s; here'; select B'01;'
 '1'; select x'1F' -- ;
  'a;b';
select U&'\0061;' uescape '!', U&'!0061;\' uescape '!';
select U&"a!0062;\" uescape '!'; select u&"say ""hi;""";
select u & 'a;', U&b; select date'2026-01-01;', ae'\';
select E'\\', E'\'', E'\\\';', e'a
b\';', E'''\''''; select 1;

select E'it\'s; a', 'back\', e'\\'; select B'1;0', X'1F', N'n;', U&'\0061;', U&"n;!0061" uescape '!';
select E'one'
  'two\'; still';
select 'c:\temp\'; select "a"";b";

select 1::int, '2'::text[]; select a[1:2], a[:x], a[b:], a[:], a[x:y] from t;
select f(a := 1, b => 2); select :name, :'name', :"name", :{?name} from t;
select ':name', $$:name$$, ":name" -- :name
; select x : y; select a::"t;"; select 1::: int;

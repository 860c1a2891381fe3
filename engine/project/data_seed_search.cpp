#include "engine/project/data_seed_search.h"

namespace migrator {
namespace {

constexpr std::string_view kRowCheck = R"(
  columns text;
  plain smallint[];
begin
  select string_agg(format('%I %s%s', u.n, format_type(a.atttypid, a.atttypmod),
                           case when u.t = '' and a.attnotnull then ' not null' else '' end),
                    ', ' order by u.i),
         array_agg(a.attnum) filter (where u.t = '')
  into columns, plain
  from unnest(names, ref_tables, ref_columns) with ordinality u (n, t, c, i)
  join pg_attribute a on a.attrelid = (case when u.t = '' then target else u.t::regclass end)
   and a.attname = (case when u.t = '' then u.n else u.c end) and not a.attisdropped;
  select columns || coalesce(string_agg(format(', constraint %I check (%s)', c.conname,
                                               pg_get_expr(c.conbin, c.conrelid)), ''), '')
  into columns
  from pg_constraint c where c.conrelid = target and c.contype = 'c' and c.conkey <@ plain;
  execute format('create temp table migrator_check (%s) on commit drop', columns);
end)";

// Each question answers with a row's number and a line about it.
constexpr std::string_view kRowSearch = R"(
  numbers smallint[] := array(
    select coalesce((select a.attnum from pg_attribute a
                     where a.attrelid = target and a.attname = u.n and u.t = ''
                       and u.n <> all (coalesce(nullif(
                         current_setting('migrator.left_out', true), ''), '{}')::text[])), 0)
    from unnest(names, ref_tables) with ordinality u (n, t, i) order by u.i);
  rows_sql text := format('(select *, row_number() over () as migrator_number from '
                          'pg_temp.migrator_seed) s');
  questions text[] := '{}';
  one record;
  lines text;
begin
  if order_column = 'migrator_row' then
    rows_sql := '(select *, migrator_row as migrator_number from pg_temp.migrator_seed) s';
  end if;
  for one in select a.attname from unnest(names) with ordinality u (n, i)
             join pg_attribute a on a.attrelid = target and a.attname = u.n and a.attnotnull loop
    questions := questions || format(
      'select migrator_number, format(''row %%s: %%s is null'', migrator_number, %L) from %s '
      'where s.%I is null', one.attname, rows_sql, one.attname);
  end loop;
  for one in select c.conname, pg_get_expr(c.conbin, c.conrelid) as condition from pg_constraint c
             where c.conrelid = target and c.contype = 'c' and c.conkey <@ numbers loop
    questions := questions || format(
      'select migrator_number, format(''row %%s: breaks %%s'', migrator_number, %L) from %s '
      'where (%s) is false', one.conname, rows_sql, one.condition);
  end loop;
  for one in
    select c.confrelid::regclass::text as other, c.confrelid = target as is_own,
           string_agg(format('s.%I is not null', a.attname), ' and ') as filled,
           string_agg(format('o.%I = s.%I', b.attname, a.attname), ' and ') as same,
           bool_and(b.attname = any (names)) as has_theirs,
           string_agg(a.attname, ', ' order by k.i) as columns,
           string_agg(format('s.%I', a.attname), ', ' order by k.i) as fields
    from pg_constraint c, unnest(c.conkey, c.confkey) with ordinality k (ours, theirs, i),
         pg_attribute a, pg_attribute b
    where c.conrelid = target and c.contype = 'f' and c.conkey <@ numbers
      and a.attrelid = target and a.attnum = k.ours
      and b.attrelid = c.confrelid and b.attnum = k.theirs
    group by c.oid, c.confrelid loop
    questions := questions || format(
      'select migrator_number, format(''row %%s: (%%s)=(%%s) is not in %%s'', migrator_number, %L, '
      'concat_ws('', '', %s), %L) from %s where %s and not exists (select from %s o where %s)%s',
      one.columns, one.fields, one.other, rows_sql, one.filled, one.other, one.same,
      case when one.is_own and one.has_theirs then format(
        ' and not exists (select from pg_temp.migrator_seed o where %s)', one.same) else '' end);
  end loop;
  for one in
    select string_agg(a.attname, ', ' order by k.i) as columns,
           string_agg(format('s.%I', a.attname), ', ' order by k.i) as fields,
           string_agg(format('s.%I is not null', a.attname), ' and ') as filled,
           string_agg(format('t.%I = s.%I', a.attname, a.attname), ' and ') as same,
           array_agg(a.attname::text) as list
    from pg_index x, generate_series(0, x.indnkeyatts - 1) k (i), pg_attribute a
    where x.indrelid = target and x.indisunique and x.indpred is null and x.indexprs is null
      and a.attrelid = target and a.attnum = x.indkey[k.i]
    group by x.indexrelid having bool_and(a.attnum = any (numbers)) loop
    questions := questions || format(
      'select min(migrator_number), format(''rows %%s: (%%s)=(%%s) is there several times'', '
      'string_agg(migrator_number::text, '', '' order by migrator_number), %L, '
      'concat_ws('', '', %s)) from %s where %s group by %s having count(*) > 1',
      one.columns, one.fields, rows_sql, one.filled, one.fields);
    continue when mode = 'replace' or wanted_key = one.list
               or (wanted_key = '{}' and not exists (select from pg_index x where
                   x.indrelid = target and x.indisunique and not x.indisprimary));
    questions := questions || format(
      'select migrator_number, format(''row %%s: (%%s)=(%%s) is that of another row of %%s'', '
      'migrator_number, %L, concat_ws('', '', %s), %L) from %s join %s t on %s where %s',
      one.columns, one.fields, target, rows_sql, target, one.same,
      case when wanted_key <> '{}' then (
             select string_agg(format('t.%I is distinct from s.%I', k, k), ' or ')
             from unnest(wanted_key) k)
           else coalesce((
             select string_agg(format('t.%I is distinct from s.%I', a.attname, a.attname), ' or ')
             from pg_index x join pg_attribute a on a.attrelid = target and a.attnum = any (x.indkey)
             where x.indrelid = target and x.indisprimary
             having bool_and(a.attnum = any (numbers))), 'false') end);
  end loop;
  if questions <> '{}' then
    execute 'select string_agg(line, E''\n'' order by r) from (select * from ('
            || array_to_string(questions, ' union all ')
            || ') q (r, line) order by r limit 100) x' into lines;
  end if;
  if lines is not null then
    raise exception using errcode = 'MGR15', message = 'rows that the table does not take',
      detail = lines;
  end if;
end)";

}  // namespace

std::string_view seed_row_check() {
  return kRowCheck;
}

std::string_view seed_row_search() {
  return kRowSearch;
}

}  // namespace migrator

#include "engine/project/data_seed_script.h"

#include <fmt/format.h>

#include <string_view>

#include "engine/base/quote.h"

namespace migrator {
namespace {

// What all of them know. Errors of ours have SQLSTATEs of their own: MGR10 and so on.
constexpr std::string_view kDeclarations = R"(
declare
  target constant regclass := {table}::regclass;
  names constant text[] := {names};
  ref_tables constant text[] := {ref_tables};
  ref_columns constant text[] := {ref_columns};
  wanted_key constant text[] := {key};
  kept constant text[] := {keep};
  mode constant text := {mode};
  filter constant text := {filter};
  share constant numeric := {share};
  with_triggers constant boolean := {triggers};
)";

constexpr std::string_view kPrepare = R"(
  found text;
  wrong text;
begin
  select string_agg(n, ', ') into wrong from unnest(names || wanted_key || kept) n
  where not exists (select from pg_attribute a where a.attrelid = target and a.attname = n
                    and a.attnum > 0 and not a.attisdropped);
  if wrong is not null then
    raise exception using errcode = 'MGR10', message = format('%s has no column %s', target, wrong),
      hint = 'it has: ' || (select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a
                            where a.attrelid = target and a.attnum > 0 and not a.attisdropped);
  end if;
  select string_agg(a.attname, ', ') into wrong from pg_attribute a
  where a.attrelid = target and a.attname = any (names) and a.attgenerated <> '';
  if wrong is not null then
    raise exception using errcode = 'MGR10',
      message = format('the column %s of %s is generated, and takes no values', wrong, target),
      hint = 'take it out of the file';
  end if;
  -- A reference is text of the column that it names.
  select string_agg(format('%I %s', u.n, format_type(a.atttypid, a.atttypmod)), ', ' order by u.i)
  into found
  from unnest(names, ref_tables, ref_columns) with ordinality u (n, t, c, i)
  join pg_attribute a on a.attrelid = (case when u.t = '' then target else u.t::regclass end)
   and a.attname = (case when u.t = '' then u.n else u.c end) and not a.attisdropped;
  if cardinality(names) <> cardinality(array(
      select 1 from unnest(names, ref_tables, ref_columns) u (n, t, c) join pg_attribute a
      on a.attrelid = (case when u.t = '' then target else u.t::regclass end)
      and a.attname = (case when u.t = '' then u.n else u.c end) and not a.attisdropped)) then
    raise exception using errcode = 'MGR10',
      message = 'a reference in the header names a column that is not there';
  end if;
  execute format('create temp table migrator_seed (%s, '
                 'migrator_row bigint generated always as identity) on commit drop', found);
end)";

constexpr std::string_view kMerge = R"(
  seed constant text := 'pg_temp.migrator_seed';
  fields text[] := array(select format('s.%I', n) from unnest(names) n);
  key text[] := wanted_key;
  matches text;
  written text[];
  stilled text[] := '{}';
  differs text;
  wrong text;
  sequence text;
  one text;
  total bigint;
  n_created bigint := 0;
  n_updated bigint := 0;
  n_deleted bigint := 0;
  n_before bigint;
begin
  -- References: the value that the foreign key wants, else the primary key.
  for i in 1 .. cardinality(names) loop
    continue when ref_tables[i] = '';
    select a.attname into one
    from pg_constraint c join pg_attribute a on a.attrelid = c.confrelid and a.attnum = c.confkey[1]
    where c.contype = 'f' and c.conrelid = target and c.confrelid = ref_tables[i]::regclass
      and c.conkey = array[(select f.attnum from pg_attribute f where f.attrelid = target
                            and f.attname = names[i])];
    if one is null then
      select a.attname into one from pg_index x join pg_attribute a
        on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
      where x.indrelid = ref_tables[i]::regclass and x.indisprimary and x.indnkeyatts = 1;
    end if;
    if one is null then
      raise exception using errcode = 'MGR11',
        message = format('%s.%s does not refer to %s', target, names[i], ref_tables[i]),
        hint = 'a reference needs a foreign key, or a primary key of one column there';
    end if;
    execute format('select string_agg(format(''row %%s: %%s'', r, v), E''\n'') from ('
                   'select s.migrator_row as r, s.%1$I::text as v from %2$s s where s.%1$I is not '
                   'null and not exists (select from %3$s t where t.%4$I = s.%1$I) '
                   'order by 1 limit 100) x', names[i], seed, ref_tables[i]::regclass, ref_columns[i])
      into wrong;
    if wrong is not null then
      raise exception using errcode = 'MGR11',
        message = format('rows of the column %s name a %s.%s that is not there', names[i],
                         ref_tables[i], ref_columns[i]), detail = wrong;
    end if;
    execute format('alter table %1$s add column migrator_ref_%2$s %3$s', seed, i,
                   (select format_type(a.atttypid, a.atttypmod) from pg_attribute a
                    where a.attrelid = target and a.attname = names[i]));
    execute format('update %1$s s set migrator_ref_%2$s = t.%3$I from %4$s t where t.%5$I = s.%6$I',
                   seed, i, one, ref_tables[i]::regclass, ref_columns[i], names[i]);
    fields[i] := format('s.migrator_ref_%s', i);
  end loop;
  execute format('select count(*) from %s', seed) into total;

  -- The key: a row of the file is a row of the table where it has the same.
  if key = '{}' and mode <> 'replace' then
    select k.columns into key from (
      select x.indisprimary, x.indnkeyatts, x.indexrelid::regclass::text as name, array(
               select a.attname::text from generate_series(0, x.indnkeyatts - 1) g
               join pg_attribute a on a.attrelid = target and a.attnum = x.indkey[g] order by g)
             as columns
      from pg_index x
      where x.indrelid = target and x.indisunique and x.indisvalid and x.indimmediate
        and x.indpred is null and x.indexprs is null) k
    where k.columns <@ names order by k.indisprimary desc, k.indnkeyatts, k.name limit 1;
    if key is null then
      raise exception using errcode = 'MGR12',
        message = format('the file has no columns by which rows of %s could be told apart', target),
        hint = 'it needs those of the primary key or of another unique constraint';
    end if;
  elsif key <> '{}' then
    if not key <@ names then
      raise exception using errcode = 'MGR12',
        message = format('the file lacks a column of its key (%s)', array_to_string(key, ', '));
    end if;
    if not exists (select from pg_index x where x.indrelid = target and x.indisunique
                   and x.indisvalid and x.indpred is null and x.indexprs is null
                   and (select array_agg(a.attname::text order by a.attname)
                        from generate_series(0, x.indnkeyatts - 1) g
                        join pg_attribute a on a.attrelid = target and a.attnum = x.indkey[g])
                       = (select array_agg(k order by k) from unnest(key) k)) then
      raise exception using errcode = 'MGR12',
        message = format('%s is not unique by its key (%s)', target, array_to_string(key, ', ')),
        hint = 'make a unique constraint of these columns, or name others';
    end if;
  end if;

  if key <> '{}' then
    select string_agg(format('t.%I = %s', k, fields[array_position(names, k)]), ' and ')
    into matches from unnest(key) k;
    execute format('select string_agg(r::text, '', '') from (select migrator_row as r from %s s '
                   'where %s order by 1 limit 100) x', seed,
                   (select string_agg(fields[array_position(names, k)] || ' is null', ' or ')
                    from unnest(key) k)) into wrong;
    if wrong is not null then
      raise exception using errcode = 'MGR13',
        message = format('rows without a key (%s): %s', array_to_string(key, ', '), wrong);
    end if;
    execute format('select string_agg(format(''rows %%s: %%s'', rows, k), E''\n'') from ('
                   'select string_agg(migrator_row::text, '', '' order by migrator_row) as rows, '
                   'concat_ws('', '', %1$s) as k from %2$s s group by %1$s having count(*) > 1 '
                   'order by min(migrator_row) limit 100) x',
                   (select string_agg(fields[array_position(names, k)], ', ') from unnest(key) k),
                   seed) into wrong;
    if wrong is not null then
      raise exception using errcode = 'MGR13',
        message = format('several rows have the same key (%s)', array_to_string(key, ', ')),
        detail = wrong;
    end if;
  end if;

  if not with_triggers then
    stilled := array(select tgname from pg_trigger where tgrelid = target and tgenabled = 'O'
                     and not tgisinternal);
  end if;
  foreach one in array stilled loop
    execute format('alter table %s disable trigger %I', target, one);
  end loop;

  if mode = 'replace' then
    execute format('truncate %s', target);
  elsif mode = 'sync' then
    execute format('select count(*) from %s t where (%s)', target, filter) into n_before;
    execute format('delete from %s t where (%s) and not exists (select from %s s where %s)', target,
                   filter, seed, matches);
    get diagnostics n_deleted = row_count;
    if n_deleted > share * n_before then
      raise exception using errcode = 'MGR14',
        message = format('this would delete %s of %s rows of %s', n_deleted, n_before, target),
        hint = format('if that is meant, allow it: delete_share = %s in seeds.toml',
                      trim_scale(ceil(n_deleted * 100.0 / n_before) / 100));
    end if;
  end if;

  if mode in ('upsert', 'sync', 'once') then
    written := array(select n from unnest(names) n where n <> all (key) and n <> all (kept));
    if written <> '{}' then
      -- Of some types no two values can be compared: their texts can.
      select string_agg(case when y.typname in ('json', 'xml', 'point', 'lseg', 'path', 'box',
                                                'polygon', 'line', 'circle', '_json', '_xml',
                                                '_point', '_lseg', '_path', '_box', '_polygon',
                                                '_line', '_circle')
                             then format('t.%I::text is distinct from %s::text', n, f)
                             else format('t.%I is distinct from %s', n, f) end, ' or ')
      into differs
      from unnest(written) n, lateral (select fields[array_position(names, n)] as f) q,
           pg_attribute a join pg_type y on y.oid = a.atttypid
      where a.attrelid = target and a.attname = n;
      execute format('update %s t set %s from %s s where %s and (%s)', target,
                     (select string_agg(format('%I = %s', n, fields[array_position(names, n)]), ', ')
                      from unnest(written) n), seed, matches, differs);
      get diagnostics n_updated = row_count;
    end if;
  end if;

  execute format('insert into %s (%s) overriding system value select %s from %s s %s order by '
                 's.migrator_row', target,
                 (select string_agg(quote_ident(n), ', ') from unnest(names) n),
                 array_to_string(fields, ', '), seed,
                 case when mode = 'replace' then ''
                      else format('where not exists (select from %s t where %s)', target, matches)
                 end);
  get diagnostics n_created = row_count;

  -- Sequences go on behind the largest value.
  for one in select n from unnest(names) n
             where pg_get_serial_sequence(target::text, n) is not null
               and current_setting('migrator.dry_run', true) is distinct from 'on' loop
    sequence := pg_get_serial_sequence(target::text, one);
    execute format('select setval(%1$L, m) from (select max(%2$I) as m from %3$s) x, %4$s q '
                   'where m > q.last_value or (m = q.last_value and not q.is_called)', sequence, one,
                   target, sequence);
  end loop;

  foreach one in array stilled loop
    execute format('alter table %s enable trigger %I', target, one);
  end loop;

  drop table pg_temp.migrator_seed;
  raise notice using errcode = 'MGR00', message = format('created %s updated %s unchanged %s deleted %s',
    n_created, n_updated, total - n_created - n_updated, n_deleted);
end)";

// In bulk; only where that fails, row by row, to find which one it is.
constexpr std::string_view kRead = R"(
declare
  l record;
begin
  insert into pg_temp.migrator_seed ({columns})
  select {values} from pg_temp.migrator_lines n,
         jsonb_populate_record(null::pg_temp.migrator_seed, {line}) r order by n.number;
  drop table pg_temp.migrator_lines;
exception when others then
  for l in select * from pg_temp.migrator_lines order by number loop
    begin
      perform 1 from (select l.line) n (line),
                     jsonb_populate_record(null::pg_temp.migrator_seed, {line}) r;
    exception when others then
      raise exception using errcode = 'MGR15', message = sqlerrm, detail = 'line ' || l.number;
    end;
  end loop;
  raise;
end)";

std::string array_sql(const std::vector<std::string>& values) {
  std::string items;
  for (const std::string& value : values)
    items += (items.empty() ? "" : ", ") + quote_literal(value);
  return fmt::format("array[{}]::text[]", items);
}

std::string declarations_of(const DataLoad& load) {
  std::vector<std::string> names, ref_tables, ref_columns;
  for (const DataColumn& column : load.columns) {
    names.push_back(column.name);
    ref_tables.push_back(column.reference_table);
    ref_columns.push_back(column.reference_column);
  }
  const SeedOptions& options = load.options;
  return fmt::format(
      fmt::runtime(kDeclarations), fmt::arg("table", quote_literal(load.table)),
      fmt::arg("names", array_sql(names)), fmt::arg("ref_tables", array_sql(ref_tables)),
      fmt::arg("ref_columns", array_sql(ref_columns)), fmt::arg("key", array_sql(options.key)),
      fmt::arg("keep", array_sql(options.keep)),
      fmt::arg("mode", quote_literal(to_text(options.mode))),
      fmt::arg("filter", quote_literal(options.filter.empty() ? "true" : options.filter)),
      fmt::arg("share", options.delete_share), fmt::arg("triggers", options.triggers));
}

/// As one DO, quoted by what stands nowhere in it.
std::string block(std::string_view text) {
  std::string tag = "$migrator$";
  for (int i = 1; text.find(tag) != std::string_view::npos; ++i)
    tag = fmt::format("$migrator_{}$", i);
  return fmt::format("do {0}{1}\n{0};\n", tag, text);
}

/// Each line is one field: no JSON holds the characters that would end or quote it.
std::string json_lines_script(const DataLoad& load, const std::string& columns) {
  std::string line = "n.line", values;
  for (const DataColumn& column : load.columns) {
    values += (values.empty() ? "r." : ", r.") + quote_name(column.name);
    if (column.reference_table.empty()) continue;
    const std::string key =
        fmt::format("{}@{}.{}", column.name, column.reference_table, column.reference_column);
    line += fmt::format(" || jsonb_build_object({}, n.line -> {})", quote_literal(column.name),
                        quote_literal(key));
  }
  const std::string read = fmt::format(fmt::runtime(kRead), fmt::arg("columns", columns),
                                       fmt::arg("values", values), fmt::arg("line", line));
  return "create temp table migrator_lines (line jsonb not null, number bigint generated always as "
         "identity) on commit drop;\n"
         "\\copy pg_temp.migrator_lines (line) from 'rows' with (format csv, delimiter E'\\x01', "
         "quote E'\\x02')\n" +
         block(read);
}

std::string csv_script(const DataLoad& load, const std::string& columns) {
  std::string options = "format csv, header";
  if (load.format == DataFormat::tsv) options += ", delimiter E'\\t'";
  if (load.options.null) options += ", null " + quote_literal(*load.options.null);
  return fmt::format("\\copy pg_temp.migrator_seed ({}) from 'rows' with ({})\n", columns, options);
}

}  // namespace

std::string data_seed_script(const DataLoad& load) {
  const std::string declarations = declarations_of(load);
  std::string columns;
  for (const DataColumn& column : load.columns)
    columns += (columns.empty() ? "" : ", ") + quote_name(column.name);
  const std::string rows = load.format == DataFormat::json_lines ? json_lines_script(load, columns)
                                                                 : csv_script(load, columns);
  return fmt::format("set local client_min_messages = notice;\n{}{}{}",
                     block(declarations + std::string(kPrepare)), rows,
                     block(declarations + std::string(kMerge)));
}

}  // namespace migrator

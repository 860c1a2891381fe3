#include "engine/project/data_seed_blocks.h"

namespace migrator {
namespace {

constexpr std::string_view kMerge = R"(
  straight constant boolean := current_setting('migrator.straight', true) = 'on';
  seed constant text := case when straight then target::text else 'pg_temp.migrator_seed' end;
  fields text[];
  key text[] := wanted_key;
  matches text;
  keyless text;
  key_fields text;
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
  n_new bigint := 1;
  n_other bigint := 1;
  n_keyless bigint;
  n_same bigint;
  n_there bigint;
  has_twins boolean;
  is_whole boolean := false;
  left_out constant text[] := coalesce(nullif(current_setting('migrator.left_out', true), ''), '{}');
  is_own boolean;
  sources text[];
  late integer[] := '{}';
  late_values text[] := '{}';
  is_trial constant boolean := current_setting('migrator.dry_run', true) = 'on';
begin
  -- Of a circle of tables, the columns that have to wait.
  select array_agg(n order by i), array_agg(t order by i), array_agg(c order by i)
  into names, ref_tables, ref_columns
  from unnest(names, ref_tables, ref_columns) with ordinality u (n, t, c, i) where n <> all (left_out);
  fields := array(select format('s.%I', n) from unnest(names) n);
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
    -- A row of the file may name another one, whose value is in the file or made by the table.
    is_own := ref_tables[i]::regclass = target and ref_columns[i] = any (names)
              and ref_tables[array_position(names, ref_columns[i])] = '';
    sources := array[ref_tables[i]::regclass::text] || case when is_own then array[seed] end;
    execute format('select string_agg(format(''row %%s: %%s'', r, v), E''\n'') from ('
                   'select s.migrator_row as r, s.%1$I::text as v from %2$s s where s.%1$I is not '
                   'null and not exists (select from %3$s t where t.%4$I = s.%1$I)%5$s '
                   'order by 1 limit 100) x', names[i], seed, ref_tables[i]::regclass, ref_columns[i],
                   case when is_own then format(' and not exists (select from %s o where o.%I = s.%I)',
                                                seed, ref_columns[i], names[i]) else '' end)
      into wrong;
    if wrong is not null then
      raise exception using errcode = 'MGR11',
        message = format('rows of the column %s name a %s.%s that is not there', names[i],
                         ref_tables[i], ref_columns[i]), detail = wrong;
    end if;
    execute format('alter table %1$s add column migrator_ref_%2$s %3$s', seed, i,
                   (select format_type(a.atttypid, a.atttypmod) from pg_attribute a
                    where a.attrelid = target and a.attname = names[i]));
    foreach wrong in array sources loop
      continue when wrong = seed and one <> all (names);
      execute format('update %1$s s set migrator_ref_%2$s = t.%3$I from %4$s t where t.%5$I = s.%6$I '
                     'and s.migrator_ref_%2$s is null',
                     seed, i, one, wrong, ref_columns[i], names[i]);
    end loop;
    if is_own and one <> all (names) then
      execute format('select exists (select from %s s where s.%I is not null and '
                     's.migrator_ref_%s is null)', seed, names[i], i) into has_twins;
      if has_twins and (mode = 'replace' and key = '{}' or exists (
          select from pg_attribute a where a.attrelid = target and a.attname = names[i]
          and a.attnotnull)) then
        raise exception using errcode = 'MGR11',
          message = format('rows of the column %s name rows of the same file, whose %s is only made with '
                           'them', names[i], one),
          hint = format('put %s into the file, or let %s be null', one, names[i]);
      elsif has_twins then
        late := late || i;
        late_values := late_values || one;
      end if;
    end if;
    fields[i] := format('s.migrator_ref_%s', i);
  end loop;
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
    select string_agg(format('t.%I = %s', k, fields[array_position(names, k)]), ' and '),
           string_agg(fields[array_position(names, k)] || ' is null', ' or '),
           string_agg(fields[array_position(names, k)], ', ')
    into matches, keyless, key_fields from unnest(key) k;
  end if;
  if mode in ('upsert', 'sync', 'once') and not straight then
    written := array(select n from unnest(names) n where n <> all (key) and n <> all (kept));
    -- Of some types no two values can be compared: their texts can.
    select string_agg(case when ltrim(y.typname, '_') in (
                             'json', 'jsonpath', 'xml', 'pg_snapshot', 'txid_snapshot', 'point', 'lseg',
                             'path', 'box', 'polygon', 'line', 'circle')
                           then format('t.%I::text is distinct from %s::text', n, f)
                           else format('t.%I is distinct from %s', n, f) end, ' or ')
    into differs
    from unnest(written) n, lateral (select fields[array_position(names, n)] as f) q,
         pg_attribute a join pg_type y on y.oid = a.atttypid
    where a.attrelid = target and a.attname = n;
    -- Where the file is about as large as the table, one look at both tells everything: what is in both
    -- and what is in the table alone is the table, unless a key is in the file several times.
    is_whole := mode <> 'sync' and (select c.relkind = 'r' and not exists (
        select from pg_inherits h where h.inhparent = target) from pg_class c where c.oid = target)
      and pg_relation_size(target) <= 4 * pg_relation_size(seed::regclass);
  end if;
  if is_whole then
    execute format('select count(*) filter (where s.tableoid is not null), '
                   'count(*) filter (where s.tableoid is not null and (%s)), '
                   'count(*) filter (where t.tableoid is null), '
                   'count(*) filter (where t.tableoid is not null and s.tableoid is not null and (%s)), '
                   'count(*) filter (where t.tableoid is not null), (select count(*) from only %s) '
                   'from %s s full join only %s t on %s', keyless, coalesce(differs, 'false'), target,
                   seed, target, matches)
    into total, n_keyless, n_new, n_other, n_same, n_there;
  else
    execute format('select count(*), count(*) filter (where %s) from %s s',
                   coalesce(keyless, 'false'), seed) into total, n_keyless;
  end if;
  if n_keyless > 0 and straight then
    raise exception using errcode = 'MGR13',
      message = format('%s rows without a key (%s)', n_keyless, array_to_string(key, ', '));
  elsif n_keyless > 0 then
    execute format('select string_agg(r::text, '', '') from (select migrator_row as r from %s s '
                   'where %s order by 1 limit 100) x', numbered, keyless) into wrong;
    raise exception using errcode = 'MGR13', detail = 'rows ' || wrong,
      message = format('rows without a key (%s)', array_to_string(key, ', '));
  end if;
  if key <> '{}' and not straight and not (is_whole and n_new = 0 and n_same = n_there) then
    execute format('select exists (select from %s s group by %s having count(*) > 1)', seed,
                   key_fields) into has_twins;
    if has_twins then
      execute format('select string_agg(format(''rows %%s: %%s'', rows, k), E''\n'') from ('
                     'select string_agg(migrator_row::text, '', '' order by migrator_row) as rows, '
                     'concat_ws('', '', %1$s) as k from %2$s s group by %1$s having count(*) > 1 '
                     'order by min(migrator_row) limit 100) x', key_fields, numbered) into wrong;
      raise exception using errcode = 'MGR13',
        message = format('several rows have the same key (%s)', array_to_string(key, ', ')),
        detail = wrong;
    end if;
  end if;

  if straight then
    n_created := total;
    n_new := 0;
    n_other := 0;
    stilled := current_setting('migrator.stilled')::text[];
  elsif not with_triggers then
    stilled := array(select tgname from pg_trigger where tgrelid = target and tgenabled = 'O'
                     and not tgisinternal);
  end if;
  if not straight then
    foreach one in array stilled loop
      execute format('alter table %s disable trigger %I', target, one);
    end loop;
  end if;

  if mode = 'replace' and not straight then
    execute emptying;
  elsif mode = 'sync' and not straight then
    execute format('select count(*) from %s t where (%s)', target, filter) into n_before;
    if is_trial then
      for one in execute format(
          'select concat_ws('', '', %s) from %s t where (%s) and not exists (select from %s s where %s) '
          'limit 5', (select string_agg(format('t.%I', k), ', ') from unnest(key) k), target, filter,
          seed, matches) loop
        raise notice using errcode = 'MGR02', message = 'would delete ' || one;
      end loop;
    end if;
    execute format('delete from %s t where (%s) and not exists (select from %s s where %s)', target,
                   filter, seed, matches);
    get diagnostics n_deleted = row_count;
    if n_deleted > share * n_before then
      raise exception using errcode = 'MGR14',
        message = format('this would delete %s of %s rows of %s', n_deleted, n_before, target),
        hint = format('if that is meant, run it with --allow-delete, or write delete_share = %s',
                      trim_scale(ceil(n_deleted * 100.0 / n_before) / 100));
    end if;
  end if;

  if mode in ('upsert', 'sync', 'once') and not straight then
    -- One look tells whether there is anything to write, which mostly there is not.
    if not is_whole then
      execute format('select count(*) filter (where t.tableoid is null), '
                     'count(*) filter (where t.tableoid is not null and (%s)) '
                     'from %s s left join %s t on %s',
                     coalesce(differs, 'false'), seed, target, matches) into n_new, n_other;
    end if;
    if n_other > 0 and is_trial then
      for one in execute format(
          'select concat_ws('', '', %s) || %s from %s s join %s t on %s where %s order by s.%s limit 5',
          key_fields, (select string_agg(format(
             'case when t.%1$I::text is distinct from %2$s::text then %3$L || %4$s || '' -> '' || '
             'quote_nullable(%2$s::text) else '''' end', n, fields[array_position(names, n)],
             '; ' || n || ': ',
             -- What a variable was before may be a secret still, and nobody knows it here.
             case when hides_old then quote_literal('(not shown)')
                  else format('quote_nullable(t.%I::text)', n) end), ' || ')
           from unnest(written) n), seed, target, matches, differs, order_column) loop
        raise notice using errcode = 'MGR02', message = 'would update ' || one;
      end loop;
    end if;
    if n_other > 0 then
      execute format('update %s t set %s from %s s where %s and (%s)', target,
                     (select string_agg(format('%I = %s', n, fields[array_position(names, n)]), ', ')
                      from unnest(written) n), seed, matches, differs);
      get diagnostics n_updated = row_count;
    end if;
  end if;

  if is_trial and n_new > 0 and key <> '{}' then
    for one in execute format(
        'select concat_ws('', '', %s) from %s s where not exists (select from %s t where %s) '
        'order by s.%s limit 5', key_fields, seed, target, matches, order_column) loop
      raise notice using errcode = 'MGR02', message = 'would create ' || one;
    end loop;
  end if;
  if late <> '{}' and mode = 'insert' then
    execute format('alter table %s add column migrator_new boolean', seed);
    execute format('update %s s set migrator_new = true where not exists (select from %s t where %s)',
                   seed, target, matches);
  end if;
  if n_new > 0 then
    execute format('insert into %s (%s) overriding system value select %s from %s s %s order by '
                   's.%s', target,
                   (select string_agg(quote_ident(n), ', ') from unnest(names) n),
                   array_to_string(fields, ', '), seed,
                   case when mode = 'replace' then ''
                        else format('where not exists (select from %s t where %s)', target, matches)
                   end, order_column);
    get diagnostics n_created = row_count;
  end if;

  -- Rows that name others of the file, now that those are there.
  for i in 1 .. cardinality(late) loop
    execute format('update %1$s t set %2$I = o.%3$I from %4$s s, %1$s o where o.%5$I = s.%2$I and '
                   's.migrator_ref_%6$s is null and %7$s and t.%2$I is distinct from o.%3$I%8$s',
                   target, names[late[i]], late_values[i], seed, ref_columns[late[i]], late[i], matches,
                   case when mode = 'insert' then ' and s.migrator_new'
                        when names[late[i]] = any (kept) then ' and t.' || quote_ident(names[late[i]])
                                                              || ' is null'
                        else '' end);
  end loop;

  -- Sequences go on behind the largest value.
  for one in select n from unnest(names) n
             where pg_get_serial_sequence(target::text, n) is not null
               and is_trial is distinct from true loop
    sequence := pg_get_serial_sequence(target::text, one);
    execute format('select setval(%1$L, m) from (select max(%2$I) as m from %3$s) x, %4$s q '
                   'where m > q.last_value or (m = q.last_value and not q.is_called)', sequence, one,
                   target, sequence);
  end loop;

  foreach one in array stilled loop
    execute format('alter table %s enable trigger %I', target, one);
  end loop;

  if not straight then
    drop table pg_temp.migrator_seed;
  end if;
  raise notice using errcode = 'MGR00', message = format('created %s updated %s unchanged %s deleted %s',
    n_created, n_updated, total - n_created - n_updated, n_deleted);
end)";

}  // namespace

std::string_view seed_merge() {
  return kMerge;
}

}  // namespace migrator

#include "engine/project/data_seed_blocks.h"

namespace migrator {
namespace {

// What all of them know. Errors of ours have SQLSTATEs of their own: MGR10 and so on.
constexpr std::string_view kDeclarations = R"(
declare
  target constant regclass := {table}::regclass;
  names text[] := {names};
  ref_tables text[] := {ref_tables};
  ref_columns text[] := {ref_columns};
  wanted_key constant text[] := {key};
  kept constant text[] := {keep};
  mode constant text := {mode};
  filter constant text := {filter};
  share constant numeric := {share};
  with_triggers constant boolean := {triggers};
  hides_old constant boolean := {hides_old};
  emptying constant text := format('truncate %s{cascade}', target);
  may_go_straight constant boolean := {straight};
  -- The rows of the file: what tells their order, and the rows with their numbers.
  order_column constant text := {order};
  numbered constant text := {numbered};
)";

constexpr std::string_view kPrepare = R"(
  found text;
  wrong text;
  stilled text[];
  is_filled boolean;
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
  select string_agg(format('%s.%s', u.t, u.c), ', ') into wrong
  from unnest(ref_tables, ref_columns) u (t, c)
  where u.t <> '' and not exists (select from pg_attribute a where a.attname = u.c
    and a.attrelid = (case when u.t = '' then target else u.t::regclass end)
    and a.attnum > 0 and not a.attisdropped);
  if wrong is not null then
    raise exception using errcode = 'MGR10',
      message = format('the header refers to %s, which is not there', wrong);
  end if;

  -- Nothing to compare with: the rows go where they belong at once.
  perform set_config('migrator.straight', '', true);
  if may_go_straight and current_setting('migrator.careful', true) is distinct from 'on'
     and (select relkind in ('r', 'p') from pg_class where oid = target)
     and not row_security_active(target) then
    begin
      execute format('select exists (select from %s)', target) into is_filled;
      if mode = 'replace' then
        execute emptying;
        is_filled := false;
      elsif not is_filled then
        execute format('lock table %s in share row exclusive mode', target);
        execute format('select exists (select from %s)', target) into is_filled;
      end if;
    exception when insufficient_privilege then
      is_filled := true;
    end;
    if not is_filled then
      stilled := case when with_triggers then '{}' else array(
        select tgname from pg_trigger where tgrelid = target and tgenabled = 'O'
        and not tgisinternal) end;
      foreach found in array stilled loop
        execute format('alter table %s disable trigger %I', target, found);
      end loop;
      perform set_config('migrator.stilled', stilled::text, true),
              set_config('migrator.straight', 'on', true);
      raise notice using errcode = 'MGR01', message = target::text;
      return;
    end if;
  end if;
  execute format('create temp table migrator_seed (%s%s) on commit drop', found,
                 case when order_column = 'migrator_row'
                      then ', migrator_row bigint generated always as identity' else '' end);
end)";

// In bulk; only where that fails, row by row, to find which one it is.
constexpr std::string_view kReadLines = R"(
declare
  l record;
  k record;
  fault text;
  bad text[] := '{{}}';
  may_collect constant boolean := current_setting('migrator.keep_going', true) = 'on';
begin
  insert into pg_temp.migrator_seed ({columns})
  select {values} from pg_temp.migrator_lines n,
         {json}_populate_record(null::pg_temp.migrator_seed, {line}) r order by n.number;
  drop table pg_temp.migrator_lines;
exception when others then
  for l in select * from pg_temp.migrator_lines order by number loop
    begin
      perform 1 from (select l.line) n (line),
                     {json}_populate_record(null::pg_temp.migrator_seed, {line}) r;
    exception when others then
      fault := sqlerrm;
      bad := bad || format('row %s: %s', l.number, fault);
      for k in select key, value from (select l.line) n (line), {json}_each({line}) loop
        begin
          perform 1 from {json}_populate_record(null::pg_temp.migrator_seed,
                                                {json}_build_object(k.key, k.value));
        exception when others then
          bad[cardinality(bad)] := format('row %s, column %s: %s', l.number, k.key,
            case when may_collect then sqlerrm else k.value::text end);
          exit;
        end;
      end loop;
      exit when not may_collect or cardinality(bad) >= 100;
    end;
  end loop;
  if bad <> '{{}}' then
    raise exception using errcode = 'MGR15', detail = array_to_string(bad, E'\n'),
      message = case when may_collect then 'rows that the table does not take' else fault end;
  end if;
  raise;
end)";

}  // namespace

std::string_view seed_declarations() {
  return kDeclarations;
}

std::string_view seed_prepare() {
  return kPrepare;
}

std::string_view seed_read_lines() {
  return kReadLines;
}

}  // namespace migrator

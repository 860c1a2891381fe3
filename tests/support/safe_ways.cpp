#include "tests/support/safe_ways.h"

namespace migrator {

std::string_view tables_with_other_keys() {
  return R"(
create table docs (id uuid primary key, size integer);
create table parts (org integer, "Code" text, size integer, primary key (org, "Code"));
create table hosts (ip inet primary key, size integer);
)";
}

std::vector<Way> safe_ways() {
  return {
      Way{"create-index-not-concurrent",
          "create unique index \"By Age\" on users (lower(email)) where age > 3;",
          "create unique index concurrently \"By Age\" on users (lower(email)) where age > 3;"},
      Way{"create-index-not-concurrent", "create index on users (age);",
          "create index concurrently on users (age);"},
      Way{"drop-index-not-concurrent", "drop index if exists users_org;",
          "drop index concurrently if exists users_org;"},
      Way{"reindex-not-concurrent", "reindex (verbose) table users;",
          "reindex (verbose) table concurrently users;"},
      Way{"refresh-not-concurrent", "refresh materialized view totals;",
          "refresh materialized view concurrently totals;"},
      Way{"set-not-null", "alter table users alter age set not null;",
          "alter table users add constraint users_age_not_null check (age is not null) not "
          "valid;\n"
          "-- next file\nalter table users validate constraint users_age_not_null;\n"
          "-- next file\nalter table users alter column age set not null;\n"
          "alter table users drop constraint users_age_not_null;"},
      Way{"add-check-constraint",
          "alter table users add constraint adult check (age > (17)), add x int;",
          "alter table users add constraint adult check (age > (17)) not valid;\n"
          "-- next file\nalter table users validate constraint adult;"},
      Way{"add-check-constraint", "alter table users add size int default 3 check (size < 9);",
          "alter table users add column size integer default 3;\n"
          "alter table users add constraint users_size_check check (size < 9) not valid;\n"
          "-- next file\nalter table users validate constraint users_size_check;"},
      Way{"add-foreign-key",
          "alter table logs add \"order\" bigint not null default 1 references orgs on delete "
          "set default;",
          "alter table logs add column \"order\" bigint not null default 1;\n"
          "alter table logs add constraint logs_order_fkey foreign key (\"order\") references "
          "orgs on delete set default not valid;\n"
          "-- next file\nalter table logs validate constraint logs_order_fkey;"},
      Way{"add-foreign-key",
          "alter table logs add foreign key (id) references users (id) on delete set null;",
          "alter table logs add constraint logs_id_fkey foreign key (id) references users (id) "
          "on "
          "delete set null not valid;\n"
          "-- next file\nalter table logs validate constraint logs_id_fkey;"},
      Way{"add-unique-constraint", "alter table users add constraint one unique (age, email);",
          "create unique index concurrently one on users (age, email);\n"
          "-- next file\nalter table users add constraint one unique using index one;"},
      Way{"add-primary-key", "alter table logs add primary key (id);",
          "create unique index concurrently logs_pkey on logs (id);\n"
          "-- next file\n"
          "alter table logs add constraint logs_id_not_null check (id is not null) not valid;\n"
          "-- next file\nalter table logs validate constraint logs_id_not_null;\n"
          "-- next file\nalter table logs alter column id set not null;\n"
          "alter table logs drop constraint logs_id_not_null;\n"
          "-- next file\nalter table logs add constraint logs_pkey primary key using index "
          "logs_pkey;"},
      Way{"validate-in-same-transaction",
          "alter table users add constraint c check (age > 0) not valid;\n"
          "alter table users validate constraint c;",
          "-- next file\nalter table users validate constraint c;"},
      Way{"detach-partition-not-concurrent", "alter table events detach partition events_old;",
          "alter table events detach partition events_old concurrently;"},
      Way{"add-column-volatile-default",
          "alter table users add token uuid default gen_random_uuid();",
          "alter table users add column token uuid;\n"
          "alter table users alter column token set default gen_random_uuid();\n"
          "-- next file, batch by batch\n"
          "update users set token = default where token is null and id between 1 and 1000;"},
      Way{"add-column-auto-increment", "alter table logs add number bigserial;",
          "create sequence logs_number_seq;\nalter table logs add column number bigint;\n"
          "alter table logs alter column number set default nextval('logs_number_seq');\n"
          "alter sequence logs_number_seq owned by logs.number;\n"
          "-- next file, batch by batch\n"
          "update logs set number = default where number is null and ctid = any (array(\n"
          "  select ctid from logs where number is null limit 1000));"},
      Way{"add-column-not-null-no-default", "alter table users add country text not null;",
          "alter table users add column country text;\n"
          "-- then programs that write country, and batches for the rows that are there\n"
          "-- next file\n"
          "alter table users add constraint users_country_not_null check (country is not null) "
          "not valid;\n"
          "-- next file\nalter table users validate constraint users_country_not_null;\n"
          "-- next file\nalter table users alter column country set not null;\n"
          "alter table users drop constraint users_country_not_null;"},
      Way{"change-column-type", "alter table users alter age type bigint;",
          "alter table users add column age_new bigint;\n"
          "create function users_age_new() returns trigger language plpgsql\n"
          "  as $$ begin new.age_new := new.age::bigint; return new; end $$;\n"
          "create trigger users_age_new before insert or update on users\n"
          "  for each row execute function users_age_new();\n"
          "-- next file, batch by batch\n"
          "update users set age_new = age::bigint where age_new is distinct from age::bigint and "
          "id between 1 and 1000;\n"
          "-- next file\ndrop trigger users_age_new on users;\ndrop function users_age_new();\n"
          "alter table users rename column age to age_old;\n"
          "alter table users rename column age_new to age;"},
      Way{"concurrent-if-not-exists", "create index concurrently if not exists a on users (age);",
          "create index concurrently a on users (age);"},
      Way{"drop-index-concurrently-invalid", "drop index concurrently users_org, users_email;",
          "drop index concurrently users_org;"},
      Way{"unbounded-update", "update users set age = 0;",
          "-- batch by batch, each by itself\n"
          "update users set age = 0 where id between 1 and 1000;"},
      Way{"unbounded-update", "delete from users;",
          "-- batch by batch, each by itself\ndelete from users where id between 1 and 1000;"},
      Way{"unbounded-update", "update docs d set size = 0;",
          "-- batch by batch, each by itself: the next one behind the id that this one returns\n"
          "with done as (update docs d set size = 0 where id in (\n"
          "  select id from docs where id > '00000000-0000-0000-0000-000000000000' order by id "
          "limit 1000) returning id)\n"
          "select id from done order by id desc limit 1;"},
      Way{"unbounded-update", "delete from docs;",
          "-- batch by batch, each by itself\n"
          "delete from docs where id in (\n  select id from docs limit 1000);"},
      Way{"unbounded-update", "update parts set size = size + 1;",
          "-- batch by batch, each by itself: the next one behind the org, \"Code\" that this one "
          "returns\n"
          "with done as (update parts set size = size + 1 where (org, \"Code\") in (\n"
          "  select org, \"Code\" from parts where (org, \"Code\") > (0, '') order by org, "
          "\"Code\" limit 1000) returning org, \"Code\")\n"
          "select org, \"Code\" from done order by org desc, \"Code\" desc limit 1;"},
      Way{"unbounded-update", "delete from parts;",
          "-- batch by batch, each by itself\n"
          "delete from parts where (org, \"Code\") in (\n"
          "  select org, \"Code\" from parts limit 1000);"},
      Way{"unbounded-update", "update hosts set size = 0;",
          "alter table hosts add column batched boolean;\n"
          "-- next file, batch by batch\n"
          "update hosts set size = 0, batched = true where batched is null and ip in (\n"
          "  select ip from hosts where batched is null limit 1000);\n"
          "-- next file\nalter table hosts drop column batched;"},
      Way{"unbounded-update", "update logs set message = lower(message);",
          "alter table logs add column batched boolean;\n"
          "-- next file, batch by batch\n"
          "update logs set message = lower(message), batched = true where batched is null and "
          "ctid = any (array(\n  select ctid from logs where batched is null limit 1000));\n"
          "-- next file\nalter table logs drop column batched;"},
      Way{"unbounded-update", "delete from logs;",
          "-- batch by batch, each by itself\n"
          "delete from logs where ctid = any (array(\n  select ctid from logs limit 1000));"},
      Way{"unbounded-update", "delete from events;",
          "-- batch by batch, each by itself\n"
          "delete from events where (tableoid, ctid) in (\n"
          "  select tableoid, ctid from events limit 1000);"},
      Way{"add-column-volatile-default",
          "alter table parts add token uuid default gen_random_uuid();",
          "alter table parts add column token uuid;\n"
          "alter table parts alter column token set default gen_random_uuid();\n"
          "-- next file, batch by batch\n"
          "update parts set token = default where token is null and (org, \"Code\") in (\n"
          "  select org, \"Code\" from parts where token is null limit 1000);"},
      Way{"change-column-type", "alter table docs alter size type bigint;",
          "alter table docs add column size_new bigint;\n"
          "create function docs_size_new() returns trigger language plpgsql\n"
          "  as $$ begin new.size_new := new.size::bigint; return new; end $$;\n"
          "create trigger docs_size_new before insert or update on docs\n"
          "  for each row execute function docs_size_new();\n"
          "-- next file, batch by batch\n"
          "update docs set size_new = size::bigint where size_new is distinct from size::bigint "
          "and id in (\n"
          "  select id from docs where size_new is distinct from size::bigint limit 1000);\n"
          "-- next file\ndrop trigger docs_size_new on docs;\n"
          "drop function docs_size_new();\n"
          "alter table docs rename column size to size_old;\n"
          "alter table docs rename column size_new to size;"},
      Way{"rename-table", "alter table logs rename to journal;",
          "alter table logs rename to journal;\ncreate view logs as select * from journal;"}};
}

}  // namespace migrator

#include "tests/support/lock_cases.h"

namespace migrator {
namespace {

std::string short_name(LockMode mode) {
  constexpr std::string_view kNames[] = {"-", "AS", "RS", "RX", "SUX", "S", "SRX", "X", "AX"};
  return std::string(kNames[static_cast<std::size_t>(mode)]);
}

std::string dump(std::string_view what, Answer answer) {
  if (answer == Answer::no) return "";
  return " " + std::string(what) + (answer == Answer::perhaps ? "?" : "");
}

std::string dump(const ExpectedLock& lock) {
  std::string text = lock.taken.answer == Answer::perhaps ? "perhaps " : "";
  text += short_name(lock.mode) + " ";
  const bool named = !lock.name.name.empty();
  if (lock.target == LockTarget::index) text += "index ";
  if (lock.target != LockTarget::relation && lock.target != LockTarget::index)
    text += std::string(to_text(lock.target)) + (named ? " " : "");
  if (!lock.name.schema.empty()) text += lock.name.schema + ".";
  return text + lock.name.name + dump("rewrite", lock.rewrite.answer) +
         dump("scan", lock.scan.answer);
}

}  // namespace

std::string dump(const StatementLocks& locks) {
  std::string text;
  for (const ExpectedLock& lock : locks.locks) text += (text.empty() ? "" : ", ") + dump(lock);
  if (!locks.unknown.empty()) text += (text.empty() ? "" : ", ") + std::string("unknown");
  return text;
}

StatementLocks locks_of(std::string_view statement) {
  const ParseTree tree = needs_tree(statement) ? ParseTree::of(statement) : ParseTree();
  return expected_locks(statement, tree.statement());
}

std::string_view lock_case_schema() {
  return R"(
create table orgs (id int primary key, name text);
create table users (
  id int primary key, name varchar(10), email text, age int, at timestamp, org int,
  constraint users_org foreign key (org) references orgs,
  constraint users_age check (age > 0));
create table posts (
  id int constraint posts_key primary key, user_id int, price numeric(10, 2), kind text, n bigint,
  constraint posts_user foreign key (user_id) references users);
create table loose (id int, user_id int, b int not null, c int);
create unique index loose_id on loose (id);
create unique index loose_b on loose (b);
create index loose_c on loose (c);
alter table loose add constraint loose_user foreign key (user_id) references users not valid;
alter table loose add constraint loose_check check (c > 0) not valid;
create table proven (a int, b int not null, c int, d varchar(10));
alter table proven add constraint proven_a check (a is not null);
create schema other;
create table other.users (id int primary key);
create table events (id int, at date) partition by range (id);
create table events_1 partition of events for values from (1) to (10);
create table events_rest partition of events default;
create table events_2 (id int, at date);
create table logs (id int) partition by range (id);
create table logs_1 partition of logs for values from (1) to (10);
create table logs_2 (id int not null, check (id >= 10 and id < 20));
create index logs_id on only logs (id);
create index logs_1_id on logs_1 (id);
create table parent (a int);
create table kid (a int);
create table grown () inherits (parent);
create view names as select name from users;
create materialized view totals as select org, count(*) as n from users group by org;
create unique index totals_org on totals (org);
create sequence numbers;
create domain positive as int constraint positive_check check (value > 0);
create domain anything as int;
create table amounts (amount positive);
create table sums (amount anything);
create type mood as enum ('good');
create type pair as (a int, b int);
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger users_touch before update on users for each row execute function touch();
create rule loose_rule as on delete to loose do also nothing;
create policy users_policy on users;
create statistics users_stats on name, email from users;
create publication news for table orgs;
)";
}

const std::vector<LockCase>& lock_cases() {
  static const std::vector<LockCase> cases{
      // 1: ADD COLUMN, nullable or with a default that is not volatile.
      {"alter table users add a int", "AX users"},
      {"alter table users add a int default 5", "AX users"},
      {"alter table users add a int not null default 5", "AX users"},
      {"alter table users add a int default null", "AX users"},
      {"alter table users add a timestamptz default now()", "AX users"},
      {"alter table users add a timestamptz default current_timestamp", "AX users"},
      {"alter table users add a jsonb default '{}'::jsonb", "AX users"},
      {"alter table users add a text default lower('X') || 'y'", "AX users"},
      {"alter table users add a int[] default '{}'", "AX users"},
      {"alter table users add a bool not null default false", "AX users"},
      {"alter table users add a positive[]", "AX users"},
      {"alter table users add column if not exists name text", "AX users"},
      {"alter table other.users add a int", "AX other.users"},
      // 2: with one that is.
      {"alter table users add a float default random()", "AX users rewrite scan"},
      {"alter table users add a timestamptz default clock_timestamp()", "AX users rewrite scan"},
      {"alter table users add a uuid default gen_random_uuid()", "AX users rewrite scan"},
      {"alter table users add a int default nextval('numbers')", "AX users rewrite scan"},
      {"alter table users add a text default quote_literal('x')", "AX users rewrite? scan?"},
      // 3: serial, identity, stored, domain.
      {"alter table users add a serial", "AX users rewrite scan"},
      {"alter table users add a bigint generated always as identity", "AX users rewrite scan"},
      {"alter table users add a int generated always as (age + 1) stored", "AX users rewrite scan"},
      {"alter table users add a positive", "AX users rewrite? scan?"},
      {"alter table users add a anything", "AX users rewrite? scan?"},
      {"alter table users add a mood", "AX users rewrite? scan?"},
      // 4, 5: NOT NULL, CHECK.
      {"alter table users add a int not null", "AX users scan"},
      {"alter table users add a int not null default null", "AX users scan"},
      {"alter table users add a int check (a > 0)", "AX users scan"},
      {"alter table users add a int unique", "AX users scan"},
      {"alter table kid add i int primary key", "AX kid scan"},
      // 6: REFERENCES.
      {"alter table loose add o int references orgs", "AX loose, SRX orgs"},
      {"alter table loose add o int default 1 references orgs", "AX loose scan, SRX orgs"},
      {"alter table loose add o int references other.users", "AX loose, SRX other.users"},
      // 7: DROP COLUMN.
      {"alter table users drop column email", "AX users, perhaps AX referenced tables users"},
      {"alter table posts drop column user_id", "AX posts, perhaps AX referenced tables posts"},
      // 8: defaults.
      {"alter table users alter email set default 'x'", "AX users"},
      {"alter table users alter email drop default", "AX users"},
      {"alter table loose alter b drop not null", "AX loose"},
      {"alter table loose alter b add generated always as identity", "AX loose"},
      // 9: SET NOT NULL.
      {"alter table users alter email set not null", "AX users scan?"},
      {"alter table proven alter a set not null", "AX proven scan?"},
      {"alter table proven alter b set not null", "AX proven scan?"},
      // 10, 11: ALTER TYPE.
      {"alter table users alter email type varchar",
       "AX users rewrite? scan?, perhaps AX referencing tables users"},
      {"alter table proven alter d type varchar(20)",
       "AX proven rewrite? scan?, perhaps AX referencing tables proven"},
      {"alter table posts alter n type int using n",
       "AX posts rewrite? scan?, perhaps AX referencing tables posts"},
      {"alter table posts alter n type text using n::text",
       "AX posts rewrite? scan?, perhaps AX referencing tables posts"},
      {"alter table posts alter n type text using n || 'x'",
       "AX posts rewrite scan, perhaps AX referencing tables posts"},
      {"alter table users alter id type bigint",
       "AX users rewrite? scan?, perhaps AX referencing tables users"},
      // 12, 13, 14: CHECK and VALIDATE.
      {"alter table users add check (age > 1)", "AX users scan"},
      {"alter table users add check (age > 1) not valid", "AX users"},
      {"alter table loose validate constraint loose_check",
       "SUX loose scan, perhaps RS referenced tables loose"},
      {"alter table loose validate constraint loose_user",
       "SUX loose scan, perhaps RS referenced tables loose"},
      // 15, 16: FOREIGN KEY.
      {"alter table loose add foreign key (c) references orgs", "SRX loose scan, SRX orgs"},
      {"alter table loose add foreign key (c) references orgs not valid", "SRX loose, SRX orgs"},
      {"alter table loose add foreign key (c) references loose (id)", "SRX loose scan"},
      // 17, 18: UNIQUE, PRIMARY KEY, EXCLUDE.
      {"alter table users add unique (name)", "AX users scan"},
      {"alter table kid add primary key (a)", "AX kid scan"},
      {"alter table users add exclude (name with =)", "AX users scan"},
      {"alter table loose add unique using index loose_id", "AX loose"},
      {"alter table loose add constraint loose_id unique using index loose_id", "AX loose"},
      {"alter table loose add constraint k unique using index loose_id",
       "AX loose, SUX index loose_id"},
      {"alter table loose add primary key using index loose_id", "AX loose scan?"},
      {"alter table loose add primary key using index loose_b", "AX loose scan?"},
      // 19: DROP CONSTRAINT.
      {"alter table posts drop constraint posts_user",
       "AX posts, perhaps AX referenced tables posts"},
      {"alter table users drop constraint users_age",
       "AX users, perhaps AX referenced tables users"},
      {"alter table users drop constraint users_pkey cascade",
       "AX users, perhaps AX referenced tables users, perhaps AX referencing tables users"},
      // 20, 21, 22: indexes.
      {"create index on users (name)", "S users scan"},
      {"create unique index if not exists loose_id on loose (id)", "S loose scan?"},
      {"create index on events (at)", "S events scan"},
      {"create index on only events (at)", "S events"},
      {"create index on totals (n)", "S totals scan"},
      {"create index concurrently on users (name)", "SUX users scan", Proof::none},
      {"drop index loose_c", "AX table of index loose_c, AX index loose_c"},
      {"drop index loose_c, totals_org",
       "AX table of index loose_c, AX index loose_c, AX table of index totals_org, "
       "AX index totals_org"},
      {"drop index concurrently loose_c", "SUX table of index loose_c, SUX index loose_c",
       Proof::none},
      // 23: what is brief and takes everything.
      {"alter table users rename to people", "AX users"},
      {"alter table users rename name to title", "AX users"},
      {"alter table users rename constraint users_age to old_enough", "AX users"},
      {"alter table posts set schema other", "AX posts"},
      {"alter table users enable row level security", "AX users"},
      {"alter table users force row level security", "AX users"},
      {"alter table users alter email set storage external", "AX users"},
      {"alter table users owner to pg_monitor", "AX users"},
      {"alter table users replica identity full", "AX users"},
      {"alter table posts alter constraint posts_user deferrable", "AX posts"},
      {"truncate parent", "AX parent"},
      {"truncate kid, loose", "AX kid, AX loose"},
      {"truncate orgs cascade", "AX orgs, perhaps AX referencing tables orgs"},
      {"drop table kid", "AX kid, perhaps AX referenced tables kid"},
      {"drop table if exists posts, other.users",
       "AX posts, perhaps AX referenced tables posts, AX other.users, "
       "perhaps AX referenced tables other.users"},
      {"drop table orgs cascade",
       "AX orgs, perhaps AX referenced tables orgs, perhaps AX referencing tables orgs"},
      {"drop schema other cascade", "AX tables of schema other"},
      {"create policy p on users", "AX users"},
      {"alter policy users_policy on users using (true)", "AX users"},
      {"drop policy users_policy on users", "AX users"},
      {"create rule r as on insert to loose do nothing", "AX loose"},
      {"drop rule loose_rule on loose", "AX loose"},
      {"alter rule loose_rule on loose rename to r", "AX loose"},
      // 24: triggers.
      {"create trigger t before insert on users for each row execute function touch()",
       "SRX users"},
      {"create constraint trigger t after insert on loose from orgs for each row "
       "execute function touch()",
       "SRX loose"},
      {"alter table users disable trigger users_touch", "SRX users"},
      {"alter table users disable trigger all", "SRX users"},
      {"alter table users enable trigger user", "SRX users"},
      {"alter table users enable always trigger users_touch", "SRX users"},
      {"alter trigger users_touch on users rename to t", "AX users"},
      {"drop trigger users_touch on users", "AX users"},
      // 25: for later work.
      {"alter table users set (fillfactor = 70)", "SUX users"},
      {"alter table users reset (fillfactor)", "SUX users"},
      {"alter table users set (toast.autovacuum_enabled = off)", "SUX users"},
      {"alter table users set (user_catalog_table = true)", "AX users"},
      {"alter table users alter name set statistics 100", "SUX users"},
      {"alter table users alter name set (n_distinct = 5)", "SUX users"},
      {"alter table loose cluster on loose_c", "SUX loose"},
      {"create statistics s on id, c from loose", "SUX loose"},
      {"drop statistics users_stats", "SUX table of statistics users_stats"},
      {"alter statistics users_stats set statistics 10", ""},
      {"analyze users", "SUX users"},
      {"comment on table users is 'x'", "SUX users"},
      {"comment on column other.users.id is 'x'", "SUX other.users"},
      {"comment on view names is 'x'", "SUX names"},
      {"comment on index loose_c is 'x'", "SUX index loose_c"},
      {"comment on constraint users_age on users is 'x'", ""},
      {"comment on schema other is 'x'", ""},
      {"create publication p for table users, posts", "SUX users, SUX posts"},
      {"create publication p for all tables", ""},
      {"alter publication news add table users", "SUX users"},
      {"alter publication news drop table orgs", "SUX orgs"},
      {"drop publication news", ""},
      // Tables that are made beside those that are there.
      {"create table t (id int)", ""},
      {"create table t (id int references users, o int, foreign key (o) references orgs)",
       "SRX users, SRX orgs"},
      {"create table if not exists t (id int references users)", "perhaps SRX users"},
      {"create table if not exists posts (id int references orgs)", "perhaps SRX orgs"},
      {"create table t (like users including all)", ""},
      {"create table t () inherits (parent)", "SUX parent"},
      {"create table t as select * from users", ""},
      {"create materialized view m as select * from users", ""},
      {"create view w as select * from users", ""},
      {"create or replace view names as select name from users", "perhaps AX names"},
      {"create or replace view w as select name from users", "perhaps AX w"},
      {"create schema s create table t (id int references public.users)", "SRX public.users"},
      {"create sequence t_numbers owned by users.id", ""},
      // Partitions.
      {"create table e partition of events for values from (20) to (30)",
       "AX events, perhaps AX default partition events scan?, "
       "perhaps SRX referenced tables events"},
      {"alter table events attach partition events_2 for values from (10) to (20)",
       "SUX events, AX events_2 scan?, perhaps AX default partition events scan?, "
       "perhaps SRX referenced tables events"},
      {"alter table logs attach partition logs_2 for values from (10) to (20)",
       "SUX logs, AX logs_2 scan?, perhaps AX default partition logs scan?, "
       "perhaps SRX referenced tables logs"},
      {"alter index logs_id attach partition logs_1_id", "SUX index logs_id, AX index logs_1_id"},
      {"alter table events detach partition events_1",
       "AX events, AX events_1, perhaps AX default partition events, "
       "perhaps SRX referenced tables events"},
      {"alter table logs detach partition logs_1 concurrently",
       "SUX logs, AX logs_1, perhaps SRX referenced tables logs", Proof::none},
      {"alter table logs detach partition logs_1 finalize",
       "SUX logs, AX logs_1, perhaps SRX referenced tables logs", Proof::none},
      {"alter table kid inherit parent", "AX kid, SUX parent"},
      {"alter table grown no inherit parent", "AX grown"},
      // Maintenance.
      {"refresh materialized view totals", "AX totals rewrite"},
      {"refresh materialized view concurrently totals", "X totals"},
      {"reindex table loose", "S loose scan, AX indexes loose"},
      {"reindex index loose_c", "S table of index loose_c scan, AX index loose_c"},
      {"reindex (concurrently) table loose", "SUX loose scan, SUX indexes loose", Proof::none},
      {"reindex index concurrently loose_c", "SUX table of index loose_c scan, SUX index loose_c",
       Proof::none},
      {"reindex schema public", "S tables of schema public scan", Proof::none},
      {"reindex database postgres", "S every table scan", Proof::none},
      {"cluster loose using loose_c", "AX loose rewrite scan"},
      {"cluster", "AX every table rewrite scan", Proof::none},
      {"vacuum users", "SUX users scan", Proof::none},
      {"vacuum (full) users, posts", "AX users rewrite scan, AX posts rewrite scan", Proof::none},
      {"vacuum", "SUX every table scan", Proof::none},
      {"alter table users set unlogged", "AX users rewrite scan", Proof::none},
      {"alter table kid set unlogged", "AX kid rewrite scan"},
      {"alter table kid set tablespace pg_default", "AX kid rewrite scan", Proof::none},
      {"alter table all in tablespace pg_default set tablespace t", "AX every table rewrite scan",
       Proof::none},
      // Types.
      {"alter type mood add value 'bad'", ""},
      {"alter type mood rename value 'good' to 'fine'", ""},
      {"alter type pair add attribute c int", ""},
      {"alter domain positive add check (value < 9)", "perhaps S tables of domain positive scan"},
      {"alter domain positive add check (value < 9) not valid", ""},
      {"alter domain positive set not null", "perhaps S tables of domain positive scan"},
      {"alter domain positive validate constraint c", "perhaps S tables of domain positive scan",
       Proof::none},
      {"alter domain positive drop constraint positive_check", ""},
      {"alter domain positive set default 1", ""},
      // Other relations.
      {"alter view names rename to titles", "AX names"},
      {"alter view names set (security_barrier)", "AX names"},
      {"alter view names alter name set default 'x'", "AX names"},
      {"drop view names", "AX names"},
      {"drop materialized view totals", "AX totals"},
      {"alter materialized view totals rename to sums_of_all", "AX totals"},
      {"alter sequence numbers restart", "SRX numbers"},
      {"alter sequence numbers owned by users.id", "SRX numbers"},
      {"alter sequence numbers rename to n", "AX numbers"},
      {"drop sequence numbers", "AX numbers"},
      {"alter index loose_c rename to l", "SUX index loose_c"},
      {"alter index loose_c set (fillfactor = 70)", "SUX index loose_c"},
      {"grant select on users to pg_monitor", ""},
      {"drop function touch() cascade", "", Proof::none},
      // LOCK TABLE.
      {"lock table users", "AX users"},
      {"lock users, only posts in access share mode", "AS users, AS posts"},
      {"lock users in row share mode", "RS users"},
      {"lock users in row exclusive mode", "RX users"},
      {"lock users in share update exclusive mode", "SUX users"},
      {"lock users in share mode", "S users"},
      {"lock users in share row exclusive mode", "SRX users"},
      {"lock users in exclusive mode", "X users"},
      // Rows.
      {"insert into orgs values (1, 'x')", "RX orgs"},
      {"update only users set name = 'x'", "RX users"},
      {"delete from public . \"orgs\" where id = 0", "RX public.orgs"},
      {"merge into kid using orgs on a = id when matched then do nothing", "RX kid",
       Proof::in_transaction, 150000},
      {"copy orgs (id) from '/dev/null'", "RX orgs"},
      {"copy orgs to '/dev/null'", ""},
      {"copy (select 1 from users) to '/dev/null'", ""},
      {"with gone as (delete from kid returning a) insert into parent select a from gone",
       "RX parent, RX kid"},
      {"select * from users", ""},
      {"select * from users for update", "RS users"},
      {"select * from users u, orgs for key share of u", "RS users"},
      {"with u as (select 1 as id) select * from u, orgs for update of orgs", "RS orgs"},
      {"select name into t from users", ""},
      {"create table t as with gone as (delete from kid returning a) select a from gone", "RX kid",
       Proof::none},
      {"prepare p as insert into orgs values (1)", "RX orgs"},
      // Several subcommands: the strongest, and all that is done under it.
      {"alter table loose add constraint k check (c > 1) not valid, validate constraint k",
       "AX loose scan, perhaps RS referenced tables loose"},
      {"alter table loose add a int, add foreign key (c) references orgs not valid, "
       "alter c set statistics 5",
       "AX loose, SRX orgs"},
      {"alter table users set (fillfactor = 50), disable trigger all", "SRX users"},
      {"alter table users add a serial, alter email set not null", "AX users rewrite scan"},
      // What its text does not tell.
      {"do $$ begin drop table orgs; end $$", "unknown", Proof::none},
      {"call something()", "unknown", Proof::none},
      {"alter table users add a int generated always as (age) virtual", "unknown", Proof::none},
      {"create function f() returns int language sql as 'select 1'", ""},
      {"set search_path to other", ""},
      {"begin", "", Proof::none},
      {"-- nothing", "", Proof::none},
  };
  return cases;
}

}  // namespace migrator

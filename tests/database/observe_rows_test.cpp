// What a run on a scratch database sees of rows and of what code takes away, on a real server; and
// what it says of the rows that were made up for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/expect_error.h"
#include "tests/support/observe_fixture.h"

namespace migrator {
namespace {

class ObserveRows : public Observe {
 protected:
  ObserveRows() {
    write("1_base.sql", R"(
create table users (id bigint generated always as identity primary key, age int);
create table notes (user_id bigint not null references users on delete cascade, note text);
create table archive (id bigint, age int);
create function wipe() returns void language plpgsql as $f$ begin delete from users; end $f$;
create procedure wipe_apart() language plpgsql as $f$ begin delete from users; commit; end $f$;
create procedure move_apart() language plpgsql as $f$
  begin insert into archive select * from users; commit; delete from users; end $f$;
create function expire(youngest int) returns void language sql as 'delete from users where age < youngest';
)");
  }

  /// "" where it says nothing of lost rows.
  std::string lost(std::string_view sql) {
    const CheckReport report = check(sql);
    if (const Finding* failed = finding(report, "statement-failed")) return failed->message;
    const Finding* loss = finding(report, "unforeseen-loss");
    return loss ? loss->message : "";
  }
};

TEST_F(ObserveRows, FindsThoseThatCodeLoses) {
  const std::string all = "all rows of users, notes are lost";
  EXPECT_EQ(lost("do $$ begin delete from users; end $$;"), all);
  EXPECT_EQ(lost("do $$ begin execute 'delete from ' || 'users'; end $$;"), all);
  EXPECT_EQ(lost("do $$ begin truncate users cascade; end $$;"), all);
  EXPECT_EQ(lost("select wipe();"), all);
  EXPECT_EQ(lost("call wipe_apart();"), "invalid transaction termination");
  EXPECT_EQ(lost("-- migrator: transaction off\ncall wipe_apart();"), all);
  EXPECT_EQ(lost("do $$ begin delete from notes; insert into archive values (1); end $$;"),
            "all rows of notes are lost");
  // Whoever may delete may not be one who may read.
  EXPECT_EQ(lost("create role observe_deleter;\n"
                 "grant delete on notes to observe_deleter;\nset role observe_deleter;\n"
                 "do $$ begin delete from notes; end $$;\nreset role;\n"
                 "revoke all on notes from observe_deleter;\ndrop role observe_deleter;"),
            "all rows of notes are lost");
}

TEST_F(ObserveRows, FindsNoLossWhereTheyAreMovedReplacedOrChosen) {
  EXPECT_EQ(lost("do $$ begin insert into archive select id, age from users; "
                 "delete from users; end $$;"),
            "");
  EXPECT_EQ(lost("do $$ begin create table old as select * from users; "
                 "delete from users; end $$;"),
            "");
  EXPECT_EQ(lost("-- migrator: transaction off\ncall move_apart();"), "");
  EXPECT_EQ(lost("do $$ begin delete from archive; insert into archive values (1); end $$;"), "");
  EXPECT_EQ(lost("do $$ begin truncate users cascade; insert into users (age) values (1); "
                 "insert into notes select id from users; end $$;"),
            "");
  EXPECT_EQ(lost("do $$ begin delete from users where age < 18; end $$;"), "");
  EXPECT_EQ(lost("do $$ begin execute 'delete from users where age < $1' using 18; end $$;"), "");
  EXPECT_EQ(lost("select expire(18);"), "");
  // A table that code fills and empties again has lost nothing.
  EXPECT_EQ(lost("truncate archive;\ndo $$ begin insert into archive values (1); "
                 "delete from archive; end $$;"),
            "");
}

TEST_F(Observe, TellsWhatFailsInAnyCaseBehindWhatFailsByRows) {
  const CheckReport report =
      check("alter table users add country text not null;\nselect * from nowhere;");
  ASSERT_TRUE(finding(report, "statement-failed"));
  EXPECT_EQ(finding(report, "statement-failed")->message, "relation \"nowhere\" does not exist");
  ASSERT_TRUE(finding(report, "add-column-not-null-no-default"));
  EXPECT_PRED2(contains, finding(report, "add-column-not-null-no-default")->detail, "23502");
  // They were there when it failed first.
  EXPECT_EQ(report.observed->filled, 3U);
}

TEST_F(Observe, PutsBackAfterATrialWithoutRowsWhatItTookAndNothingElse) {
  write("1_base.sql", R"(
create table orgs (id int primary key);
create table users (id int primary key, org_id int references orgs, age int);
insert into users values (1, null, 1);
create table logs (id int);
)");
  write("2_new.sql",
        "create table fresh (id int);\n"
        "alter table logs add constraint none check (id < 0) not valid;\n"
        "alter table orgs add country text not null;");
  write("3_later.sql", "alter table fresh add a int not null;\nupdate users set age = 2;");
  const CheckReport report = check_all({"2", "3"});
  EXPECT_FALSE(finding(report, "statement-failed"));
  EXPECT_EQ(seen(report, 3), "");
  // What went with the made-up rows, too.
  EXPECT_EQ(seen(report, 4), "ROW EXCLUSIVE on users; rows of users: 3 updated");
}

TEST_F(Observe, NamesATableWithoutRowsOnlyWhereItHadNone) {
  write("1_base.sql",
        "create table odd (n int, constraint none check (false));\n"
        "create table logs (id int);");
  const CheckReport empty = check("alter table odd drop constraint none;");
  ASSERT_TRUE(finding(empty, "table-without-rows"));
  EXPECT_PRED2(contains, finding(empty, "table-without-rows")->message, "no row in public.odd");
  const CheckReport filled =
      check("alter table odd drop constraint none;\ninsert into odd values (1);");
  EXPECT_FALSE(finding(filled, "table-without-rows"));
  // Had some, until they were in the way.
  const CheckReport again = check(
      "alter table logs add constraint none check (false) not valid;\n"
      "alter table logs add a int not null;");
  EXPECT_EQ(std::ranges::count(again.findings, "table-without-rows", &Finding::id), 1);
}

TEST_F(Observe, KnowsQuotedNamesOfWhatIsGone) {
  write("1_base.sql",
        "create table \"User\" (id int primary key, role text default 'a', \"Em.ail\" text);"
        "create index \"User_email_key\" on \"User\" (\"Em.ail\"); create type \"Role.old\" as "
        "enum ('a');");
  EXPECT_FALSE(finding(check("drop index \"User_email_key\";"), "unforeseen-loss"));
  EXPECT_FALSE(finding(check("drop type \"Role.old\";"), "unforeseen-loss"));
  EXPECT_FALSE(finding(check("alter table \"User\" alter role drop default;"), "unforeseen-loss"));
  const CheckReport other =
      check("do $$ begin execute 'drop index \"User_em' || 'ail_key\"'; end $$;");
  ASSERT_TRUE(finding(other, "unforeseen-loss"));
  EXPECT_EQ(finding(other, "unforeseen-loss")->message,
            "the index \"User_email_key\" of \"User\" is gone, and the statement does not name it");
}

TEST_F(Observe, NamesNoTableWithoutRowsThatATrialEmptied) {
  write("1_base.sql", R"(
create table orgs (id int primary key);
create table odd (org_id int references orgs,
  code text not null check (md5(code) = 'c692562238d8c12c32434c50b96d56ae'));
insert into odd values (null, 'a7');
)");
  const CheckReport report = check("alter table orgs add country text not null;");
  EXPECT_TRUE(finding(report, "add-column-not-null-no-default"));
  EXPECT_FALSE(finding(report, "table-without-rows"));
}

TEST_F(Observe, KeepsWhatItSawWhereTheSessionIsLost) {
  write("1_base.sql", "create table odd (n int, constraint none check (false));");
  const CheckReport report = check(
      "alter table odd add a int;\ndo $$ begin perform "
      "pg_terminate_backend(pg_backend_pid()); end $$;");
  ASSERT_TRUE(report.observed);
  EXPECT_EQ(ids_of(report.findings), std::vector<std::string>{"connection-lost"});
  EXPECT_EQ(seen(report), "ACCESS EXCLUSIVE on odd");
}

TEST_F(Observe, NamesWhatCodeDrops) {
  const CheckReport column = check("do $$ begin alter table users drop column org_id; end $$;");
  EXPECT_EQ(seen(column),
            "ACCESS EXCLUSIVE on orgs, users; gone: column org_id of users, constraint "
            "users_org_id_fkey of users, index users_org of users");
  ASSERT_TRUE(finding(column, "unforeseen-loss"));
  EXPECT_EQ(finding(column, "unforeseen-loss")->message, "the column org_id of users is gone");
  const CheckReport table = check("do $$ begin execute 'drop table logs'; end $$;");
  ASSERT_TRUE(finding(table, "unforeseen-loss"));
  EXPECT_EQ(finding(table, "unforeseen-loss")->message, "the table logs is gone");
  // As in a statement that is no code.
  EXPECT_FALSE(finding(check("do $$ begin drop index users_org; end $$;"), "unforeseen-loss"));
  // A part of a word is no name.
  write("1_base.sql", "create type mood as enum ('a'); create table t (id int, m mood);");
  EXPECT_EQ(finding(check("drop type mood cascade;"), "drop-cascade") != nullptr, true);
  const CheckReport part = check("do $$ begin execute 'drop type mood cas' || 'cade'; end $$;");
  ASSERT_TRUE(finding(part, "unforeseen-loss"));
  EXPECT_EQ(finding(part, "unforeseen-loss")->message,
            "the column m of t is gone, and the statement does not name it");
}

}  // namespace
}  // namespace migrator

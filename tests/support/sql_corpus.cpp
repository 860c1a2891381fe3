#include "tests/support/sql_corpus.h"

#include <algorithm>
#include <array>
#include <span>

namespace migrator::testing {
namespace {

// In a pattern, "%" and a letter stand for one of a list: s a statement, q a query, e an
// expression, n a name, l a literal, f the head of a function, _ a blank, which may be a comment.

constexpr auto kBlanks = std::to_array<std::string_view>(
    {" ", " ", " ", "\n", "\r\n", "\r", "\f", "\t", " -- x; ' $$ /*\n", " /* ; */ ",
     " /* /* ' */ ; -- */ ", "/**/ ", " --\r\n"});

constexpr auto kNames = std::to_array<std::string_view>({"a",
                                                         "b",
                                                         "t",
                                                         "a$b$c",
                                                         "_x1",
                                                         "caf\xC3\xA9",
                                                         "\"t;\"",
                                                         "\"a\"\"b;\"",
                                                         "\"begin\"",
                                                         "\"--\"",
                                                         "U&\"d\\0061;\"",
                                                         "U&\"d!0061\" uescape '!'",
                                                         "u",
                                                         "e",
                                                         "atomic",
                                                         "s.end",
                                                         "s.\"case\"",
                                                         "s.begin",
                                                         "copy",
                                                         "stdin"});

constexpr auto kLiterals = std::to_array<std::string_view>({"1",
                                                            "1.5",
                                                            ".5",
                                                            "1e10",
                                                            "1.5e-3",
                                                            "'a'",
                                                            "'it''s;'",
                                                            "''",
                                                            "'\\'",
                                                            "E'it\\'s;'",
                                                            "e'\\\\'",
                                                            "E'a'\n'b\\';'",
                                                            "'a' -- ;\n 'b;'",
                                                            "'a'\r\n'b'",
                                                            "B'1'",
                                                            "X'1F'",
                                                            "N'n;'",
                                                            "U&'\\0061;'",
                                                            "U&'!0061' uescape '!'",
                                                            "$$;$$",
                                                            "$x$ $$;$$ $y$ $x$",
                                                            "$\xC3\xA9$;$\xC3\xA9$",
                                                            "$1",
                                                            "date'2026-01-01'",
                                                            "'-- /* \"'",
                                                            "'\xE2\x82\xAC;'",
                                                            "interval '1' day"});

constexpr auto kExpressions = std::to_array<std::string_view>({
    "%l",
    "%n",
    "%l",
    "%n",
    "(%e)",
    "%e+%e",
    "%e - %e",
    "%e*-%e",
    "%e@-%e",
    "%e/%_%e",
    "%e<=-%e",
    "%e--%n\n+%e",
    "%e+/* ; */%e",
    "%e@-- ;\n%e",
    "%e::int",
    "%e::text[]",
    "cast(%e as text)",
    "array[%e,%_%e]",
    "(%n)[1:2]",
    "(%n)[:%e]",
    "f(%e, a := %e)",
    "f(b => %e)",
    "case when %e then %e end",
    "case %e when %e then %e else %e end",
    "(%q)",
    "exists (%q)",
    "%e is null",
    "not %e",
    "%e between 1 and 2",
    "(%n).b",
    "%e ? %l",
    "%e /* ; */ || %e",
    "%e #>> '{a;b}'",
    "%e operator(s.+) %e",
});

constexpr auto kQueries = std::to_array<std::string_view>({
    "select %e",
    "select %e%_as%_%n from t",
    "select%_%e, %e%_from%_t where %e",
    "select t.end, t.case, t.begin from t",
    "select %e end",
    "select %e as case, %e as begin",
    "values (%e), (%e)",
    "with w as (%q) select * from w",
    "select %e union all %q",
    "table t",
    "select 1 from t%_-- %n;\n where %e",
});

constexpr auto kHeads = std::to_array<std::string_view>({
    "create function f() returns int",
    "create%_or replace%_function%_s.f(a int,%_b text) returns int language sql",
    "create procedure p()",
    "CREATE OR REPLACE PROCEDURE p(begin int, inout a$b$c int)",
    "create function \"begin\"(a int default 1) returns table (begin int, atomic text)",
    "create function begin() returns int stable set search_path = s, pg_temp",
});

constexpr auto kStatements = std::to_array<std::string_view>({
    "%q",
    "%q",
    "insert into t values (%e, %e)",
    "update t set a = %e where %e",
    "delete from t using u where %e",
    "begin",
    "commit",
    "end",
    "start transaction",
    "rollback",
    "create table t (a int default 1, begin text, \"end\" int, check (%e))",
    "create rule r as on insert to t do also (%q;%_%q; delete from t)",
    "create rule r as on insert to t do instead nothing",
    "create view v as %q",
    "do $$%_begin perform 1; end;%_$$",
    "do $do$ begin execute $$;$$; end $do$ language plpgsql",
    "%f%_begin%_atomic%_end",
    "%f begin atomic %q;%_%q; end",
    "%f begin atomic;%_; select 1; end",
    "%f%_begin /* ; */ atomic%_insert into t values (%e);%_%q; end",
    "%f begin atomic create function g() returns int begin atomic %q; end; %q; end",
    "%f return %e",
    "%f as 'select 1; select 2' language sql",
    "%f as $f$ begin; end; $f$ language plpgsql",
    "%f begin atomic return %e; end",
    "alter table t add column begin int default %l",
    "comment on table t is 'a;b'",
    "create index on t (a) where %e",
    "set search_path = s, public",
    "set a to begin",
    "reset all",
    "grant select on t to public",
    "copy t to stdout with (format csv)",
    "copy t (a, b) from '/dev/null' (delimiter ';')",
    "copy (%q) to stdout",
    "explain %q",
    "prepare x as %q",
    "create trigger x before insert on t for each row execute function f(';')",
    "create policy x on t using (%e)",
    "create type e as enum ('a;', 'b')",
    "vacuum t",
    "create or replace view v as %q",
    "create schema s create table t (a int) create view v as %q",
    "create operator @-@ (procedure = f, leftarg = int)",
    "notify x, 'a;b'",
});

constexpr auto kSoup = std::to_array<std::string_view>({
    "create",
    " function ",
    "or replace",
    " begin atomic ",
    "begin",
    "end",
    " case ",
    "(",
    ")",
    ";",
    ";\n",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\f",
    "\v",
    "select 1",
    "copy t from stdin",
    "copy t from stdin;\n",
    "\\.\n",
    "\n\\.\n",
    "\n\\.",
    "\\echo x\n",
    "\\g\n",
    "\\gexec\n",
    "\\;",
    "\\copy t from stdin\n",
    "'",
    "E'",
    "U&'",
    "N'",
    "\\'",
    "''",
    "\\",
    "$$",
    "$a$",
    "$",
    "$1",
    "--",
    "/*",
    "*/",
    "\"",
    "U&\"",
    "a.",
    ".",
    ":",
    "::",
    ":a",
    ":'a'",
    "[",
    "]",
    "@",
    "-",
    "+",
    "1e",
    "1..2",
    "set standard_conforming_strings = off;",
    "reset all;",
    "-- migrator x\n",
    "\xC3\xA9",
    "\xEF\xBB\xBF",
    "\xFF",
    "\xC3",
    "x",
    "u&",
    "e",
});

std::string_view from(std::span<const std::string_view> list, std::size_t n) {
  return list[n % list.size()];
}

}  // namespace

/// By hand: the distributions of the standard library differ from one implementation to another.
std::size_t SqlCorpus::below(std::size_t limit) {
  state_ = state_ * 1664525U + 1013904223U;
  return (state_ >> 8U) % limit;
}

std::string_view SqlCorpus::pick(char what) {
  const std::size_t n = below(1U << 16U);
  switch (what) {
    case 's':
      return from(kStatements, n);
    case 'q':
      return from(kQueries, n);
    case 'e':
      return from(kExpressions, n);
    case 'n':
      return from(kNames, n);
    case 'l':
      return from(kLiterals, n);
    case 'f':
      return from(kHeads, n);
    default:
      return from(kBlanks, n);
  }
}

void SqlCorpus::append(std::string& text, std::string_view pattern, int depth) {
  constexpr int deepest = 5;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      text += pattern[i];
      continue;
    }
    const char what = pattern[++i];
    // Deep down only what holds nothing more.
    const bool ends = depth == deepest;
    append(text,
           ends && what == 'e'   ? "a"
           : ends && what == 'q' ? "select 1"
                                 : pick(what),
           depth + 1);
  }
}

std::string SqlCorpus::script() {
  std::string text;
  append(text, "%_", 0);
  for (std::size_t n = 1 + below(4); n > 0; --n) {
    append(text, "%s%_", 0);
    if (n > 1 || below(2) == 0) text += below(8) == 0 ? ";;" : ";";
    append(text, "%_", 0);
  }
  return text;
}

std::string SqlCorpus::soup() {
  std::string text;
  for (std::size_t n = below(16); n > 0; --n) text += from(kSoup, below(1U << 16U));
  return text;
}

}  // namespace migrator::testing

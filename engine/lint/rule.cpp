#include "engine/lint/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migrator {
namespace {

constexpr std::string_view kGrammar =
    "The grammar that migrator knows is that of PostgreSQL 15. A statement that it refuses may be "
    "newer, or wrong.";

std::vector<Rule> gather() {
  std::vector<Rule> all;
  for (const auto part : {lock_rules(), rewrite_rules(), transaction_rules(), destructive_rules(),
                          design_rules(), observed_rules()})
    all.insert(all.end(), part.begin(), part.end());
  all.push_back({.id = "syntax-error-for-parser",
                 .level = Level::note,
                 .what = "a statement that the parser of PostgreSQL 15 does not know",
                 .why = kGrammar,
                 .safe = "nothing, where the server takes it; other rules cannot look at it",
                 .bad = "alter table users add constraint users_email not null email;",
                 .good = "alter table users add constraint users_email check (email is not null) "
                         "not valid;"});
  for (Rule& rule : all)
    if (rule.witness == Witness::none) rule.witness = witness_of(rule.id);
  std::ranges::sort(all, {}, &Rule::id);
  return all;
}

std::string shown_by_the_run(const Rule& rule) {
  if (rule.witness == Witness::none) return {};
  return fmt::format("A run (--observe) shows: {}.\n", to_text(rule.witness));
}

std::string indented(std::string_view sql) {
  std::string text = "    ";
  for (const char c : sql) {
    text += c;
    if (c == '\n') text += "    ";
  }
  return text + "\n";
}

}  // namespace

std::string_view to_text(Witness witness) {
  constexpr std::array<std::string_view, 11> kWords{
      "",
      "whether the table is written anew",
      "whether all rows are read",
      "whether what was there is closed to writes",
      "whether the server refuses it",
      "that it fails with rows like those of the run; never that it passes",
      "what is gone afterwards, and what went with it",
      "how many rows it writes",
      "what is locked meanwhile",
      "what it leaves behind",
      "what it does, which no text tells"};
  return kWords[static_cast<std::size_t>(witness)];
}

bool counts_when_absent(Witness witness) {
  return witness == Witness::rewrite || witness == Witness::scan || witness == Witness::lock ||
         witness == Witness::refusal;
}

std::string_view to_text(Level level) {
  constexpr std::array<std::string_view, 4> kWords{"off", "note", "warning", "error"};
  return kWords[static_cast<std::size_t>(level)];
}

std::optional<Level> parse_level(std::string_view text) {
  for (const Level level : {Level::off, Level::note, Level::warning, Level::error})
    if (to_text(level) == text) return level;
  return std::nullopt;
}

std::span<const Rule> rules() {
  static const std::vector<Rule> all = gather();
  return all;
}

const Rule* find_rule(std::string_view id) {
  const auto all = rules();
  const auto found = std::ranges::find(all, id, &Rule::id);
  return found == all.end() ? nullptr : &*found;
}

std::string explain(const Rule& rule) {
  std::string text = fmt::format("{} ({})\n\nFinds: {}.\nWhy: {}\nInstead: {}\n", rule.id,
                                 to_text(rule.level), rule.what, rule.why, rule.safe);
  text += shown_by_the_run(rule);
  if (!rule.bad.empty()) text += "\nFound:\n\n" + indented(rule.bad);
  if (!rule.good.empty()) text += "\nNot found:\n\n" + indented(rule.good);
  return text + fmt::format(
                    "\nAllow it at one statement, with a comment before it:\n\n"
                    "    -- migrator: allow {} REASON\n",
                    rule.id);
}

std::string rules_page() {
  std::string text =
      "# The rules of `migrator check`\n\n"
      "Made by `migrator explain all`; do not edit. Levels are changed in `[check.rules]` of\n"
      "migrator.toml; a level of `off` stands where migrator takes care of it, or tastes differ.\n"
      "`check --observe` runs the statements and says where it shows the rule right or wrong.\n"
      "\"-- next file\" begins another migration. The examples stand behind these tables:\n\n";
  text += indented(example_schema());
  for (const Rule& rule : rules()) {
    text += fmt::format("\n## {}\n\nLevel: {}. Finds {}.\n\n{}\n\nInstead: {}.\n", rule.id,
                        to_text(rule.level), rule.what, rule.why, rule.safe);
    if (const std::string shown = shown_by_the_run(rule); !shown.empty()) text += "\n" + shown;
    if (!rule.bad.empty()) text += "\nFound:\n\n" + indented(rule.bad);
    if (!rule.good.empty()) text += "\nNot found:\n\n" + indented(rule.good);
  }
  return text;
}

std::string_view example_schema() {
  return R"(create table orgs (
  id bigint generated always as identity primary key,
  name text not null);
create table users (
  id bigint generated always as identity primary key,
  org_id bigint references orgs,
  email varchar(100),
  age integer,
  active boolean not null default true);
create index users_org on users (org_id);
create unique index users_email on users (email);
create table logs (id bigint, message text);
create table events (at timestamptz not null, kind text) partition by range (at);
create table events_old partition of events
  for values from ('2024-01-01') to ('2025-01-01');
create table visits (at timestamptz not null) partition by range (at);
create table visits_rest partition of visits default;
create table visits_old partition of visits
  for values from ('2024-01-01') to ('2025-01-01');
create table events_new (at timestamptz not null, kind text);
create view emails as select id, email from users;
create materialized view totals as select 1 as id, count(*) as n from users;
create unique index totals_id on totals (id);
create type mood as enum ('good', 'bad');
create domain percent as integer check (value between 0 and 100);
create function wipe() returns void language plpgsql as
  'begin execute ''delete from logs''; end';)";
}

}  // namespace migrator

#include "engine/sql/token_rules.h"

#include "engine/sql/words.h"

namespace migrator {
namespace {

using Option = StatementWords::Option;

/// Where the kind of object begins in CREATE [OR REPLACE] [TEMPORARY] [UNIQUE] ... kind.
std::size_t created_kind(const StatementWords& words) {
  std::size_t i = 1;
  if (words.is(i, "or") && words.is(i + 1, "replace")) i += 2;
  while (words.is_one_of(i, {"temp", "temporary", "global", "local", "unlogged", "unique",
                             "recursive", "trusted", "procedural", "constraint"})) {
    ++i;
  }
  if (words.is(i, "default") && words.is(i + 1, "conversion")) ++i;
  return i;
}

/// How many words make up the kind of object at i: 2 for MATERIALIZED VIEW.
std::size_t kind_length(const StatementWords& words, std::size_t i) {
  const bool two = (words.is(i, "materialized") && words.is(i + 1, "view")) ||
                   (words.is(i, "foreign") && words.is(i + 1, "table")) ||
                   (words.is(i, "event") && words.is(i + 1, "trigger")) ||
                   (words.is(i, "access") && words.is(i + 1, "method")) ||
                   (words.is(i, "user") && words.is(i + 1, "mapping")) ||
                   (words.is(i, "default") && words.is(i + 1, "privileges")) ||
                   (words.is(i, "large") && words.is(i + 1, "object")) ||
                   (words.is(i, "procedural") && words.is(i + 1, "language")) ||
                   (words.is(i, "operator") && words.is_one_of(i + 1, {"class", "family"}));
  const bool three =
      (words.is(i, "foreign") && words.is(i + 1, "data") && words.is(i + 2, "wrapper")) ||
      (words.is(i, "text") && words.is(i + 1, "search"));
  return three ? 3 : two ? 2 : 1;
}

std::string join(const StatementWords& words, std::size_t from, std::size_t count) {
  std::string result;
  for (std::size_t i = from; i < from + count; ++i) {
    const std::string word = words.upper(i);
    if (word.empty()) break;
    result += (result.empty() ? "" : " ") + word;
  }
  return result;
}

std::string describe_object(const StatementWords& words, std::size_t kind) {
  const std::size_t length = kind_length(words, kind);
  std::string result = words.upper(0);
  const std::string name = join(words, kind, length);
  if (!name.empty()) result += " " + name;
  if (words.is(kind + length, "concurrently")) result += " CONCURRENTLY";
  return result;
}

bool detaches_concurrently(const StatementWords& words) {
  const std::size_t detach = words.find("detach", 2);
  return words.is(detach + 1, "partition") && words.find("concurrently", detach + 2) < words.size();
}

/// CLUSTER and REPACK: without a table they go through all tables, one transaction each.
bool names_a_table(const StatementWords& words) {
  std::size_t i = words.after_parentheses(1);
  if (words.is(i, "verbose")) ++i;
  return i < words.size();
}

bool reindexes_outside(const StatementWords& words) {
  const std::size_t kind = words.after_parentheses(1);
  return words.option(1, "concurrently") == Option::on || words.is(kind + 1, "concurrently") ||
         words.is_one_of(kind, {"schema", "database", "system"});
}

/// WITH (name = off) of CREATE and ALTER SUBSCRIPTION.
bool is_switched_off(const StatementWords& words, std::string_view name) {
  return words.option(words.find("with", 2) + 1, name) == Option::off;
}

bool alters_subscription_outside(const StatementWords& words) {
  constexpr std::size_t action = 3;  // ALTER SUBSCRIPTION name action
  if (words.is(action, "refresh")) return true;
  if (words.is(action, "set") && words.is(action + 1, "(")) {
    return words.option(action + 1, "failover") != Option::absent ||
           words.option(action + 1, "two_phase") == Option::off;
  }
  return words.is_one_of(action, {"set", "add", "drop"}) && words.is(action + 1, "publication") &&
         !is_switched_off(words, "refresh");
}

bool creates_outside(const StatementWords& words) {
  const std::size_t kind = created_kind(words);
  if (words.is(kind, "subscription")) {
    return !is_switched_off(words, "create_slot") && !is_switched_off(words, "connect");
  }
  return words.is_one_of(kind, {"database", "tablespace"}) ||
         (words.is(kind, "index") && words.is(kind + 1, "concurrently"));
}

bool alters_outside(const StatementWords& words) {
  if (words.is(1, "table")) return detaches_concurrently(words);
  if (words.is(1, "subscription")) return alters_subscription_outside(words);
  if (words.is(1, "database")) return words.is(3, "set") && words.is(4, "tablespace");
  return words.is(1, "system");
}

bool drops_outside(const StatementWords& words) {
  return words.is_one_of(1, {"database", "tablespace", "subscription"}) ||
         (words.is(1, "index") && words.is(2, "concurrently"));
}

}  // namespace

std::string describe(const StatementWords& words) {
  if (words.is(0, "(")) return "SELECT";
  if (words.is(0, "create")) return describe_object(words, created_kind(words));
  if (words.is(0, "alter") && words.is(1, "table") && detaches_concurrently(words)) {
    return "ALTER TABLE DETACH PARTITION CONCURRENTLY";
  }
  if (words.is_one_of(0, {"alter", "drop"})) return describe_object(words, 1);
  if (words.is(0, "reindex")) return describe_object(words, words.after_parentheses(1));
  if (words.is(0, "refresh") && words.is(1, "materialized")) return describe_object(words, 1);
  if (words.is(0, "import")) return join(words, 0, 3);
  if (words.is_one_of(0, {"start", "discard", "reassign", "security", "wait"})) {
    return join(words, 0, 2);
  }
  if (words.is_one_of(0, {"commit", "rollback"}) && words.is(1, "prepared")) {
    return join(words, 0, 2);
  }
  if (words.is(0, "prepare") && words.is(1, "transaction") && words.is_quoted(2)) {
    return join(words, 0, 2);
  }
  if (words.is(0, "rollback") && (words.is(1, "to") || words.is(2, "to"))) {
    return "ROLLBACK TO SAVEPOINT";
  }
  return words.upper(0);
}

bool is_plain_query(const StatementWords& words) {
  return words.is_one_of(
      0, {"insert", "update", "delete", "select", "copy", "with", "values", "table", "merge", "("});
}

bool needs_no_look(const StatementWords& words) {
  if (words.text(0).empty() || is_plain_query(words)) return true;
  if (words.is_one_of(0, {"comment", "grant", "revoke", "truncate"})) return true;
  const bool creates = words.is(0, "create");
  if (!creates && !words.is_one_of(0, {"alter", "drop"})) return false;
  const std::size_t kind = creates ? created_kind(words) : 1;
  return words.is_one_of(kind, {"table", "view", "materialized", "function", "procedure", "type",
                                "domain", "trigger", "policy", "sequence", "index", "extension"}) &&
         words.are_all() && words.find("concurrently", kind) == words.size();
}

TransactionNeed need_by_words(const StatementWords& words) {
  const auto forbidden_if = [](bool forbidden) {
    return forbidden ? TransactionNeed::forbidden : TransactionNeed::any;
  };
  if (words.is_one_of(0, {"begin", "start", "end", "abort"})) return TransactionNeed::control;
  if (words.is_one_of(0, {"commit", "rollback"})) {
    if (words.is(1, "prepared")) return TransactionNeed::forbidden;
    const bool to_savepoint = words.is(1, "to") || words.is(2, "to");
    return to_savepoint ? TransactionNeed::any : TransactionNeed::control;
  }
  if (words.is(0, "prepare") && words.is(1, "transaction") && words.is_quoted(2)) {
    return TransactionNeed::control;
  }
  if (words.is(0, "create")) return forbidden_if(creates_outside(words));
  if (words.is(0, "alter")) return forbidden_if(alters_outside(words));
  if (words.is(0, "drop")) return forbidden_if(drops_outside(words));
  if (words.is(0, "vacuum")) return TransactionNeed::forbidden;
  if (words.is(0, "reindex")) return forbidden_if(reindexes_outside(words));
  if (words.is(0, "cluster")) return forbidden_if(!names_a_table(words));
  if (words.is(0, "repack")) {
    return forbidden_if(!names_a_table(words) || words.option(1, "concurrently") == Option::on);
  }
  if (words.is(0, "discard")) return forbidden_if(words.is(1, "all"));
  if (words.is(0, "wait")) return forbidden_if(words.is(1, "for"));
  return TransactionNeed::any;
}

bool is_committing_do(std::string_view statement) {
  Scanner scanner(statement);
  bool is_do = false;
  bool names_language = false;
  std::string body;
  while (!scanner.at_end()) {
    const Token token = scanner.next();
    if (is_blank_or_comment(token.kind)) continue;
    const std::string_view word = text_of(statement, token);
    if (!is_do) {
      if (!is_keyword(word, "do")) return false;
      is_do = true;
    } else if (names_language) {
      const bool quoted = token.kind != TokenKind::word;
      if (!is_keyword(quoted ? unquoted(statement, token) : std::string(word), "plpgsql")) {
        return false;
      }
      names_language = false;
    } else if (is_keyword(word, "language")) {
      names_language = true;
    } else {
      body = unquoted(statement, token);
    }
  }

  // COMMIT and ROLLBACK are statements where one may begin, and before ";" or AND CHAIN.
  bool may_begin = true;
  bool ends = false;
  for (Scanner inner(body); !inner.at_end();) {
    const Token token = inner.next();
    if (is_blank_or_comment(token.kind)) continue;
    const std::string_view word = text_of(body, token);
    if (ends && (token.kind == TokenKind::semicolon || is_keyword(word, "and"))) return true;
    ends = may_begin && (is_keyword(word, "commit") || is_keyword(word, "rollback"));
    may_begin = token.kind == TokenKind::semicolon || word == ">>" || is_keyword(word, "begin") ||
                is_keyword(word, "then") || is_keyword(word, "else") || is_keyword(word, "loop");
  }
  return false;
}

}  // namespace migrator

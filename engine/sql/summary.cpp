#include "engine/sql/summary.h"

#include <pg_query.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/sql/token_rules.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

using Json = nlohmann::json;

// Longer statements are data or bodies, whose first words tell enough. The library also walks its
// tree by recursion: 1+1+1+... of some 200 kB would overflow the stack.
constexpr std::size_t kLongestParsed = 64 * 1024;

// A place in the tree, or null: what is false, zero or empty is left out of it.
using Node = const Json*;

Node field(Node node, const char* name) {
  if (node == nullptr || !node->is_object()) return nullptr;
  const auto found = node->find(name);
  return found == node->end() ? nullptr : &*found;
}

bool is_true(Node node, const char* name) {
  const Node value = field(node, name);
  return value != nullptr && *value == true;
}

std::string text(Node node, const char* name) {
  const Node value = field(node, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

/// The DefElem of that name among the options in a field; null when it is not given.
Node find_option(Node node, const char* list, std::string_view name) {
  const Node options = field(node, list);
  if (options == nullptr) return nullptr;
  for (const Json& option : *options) {
    const Node element = field(&option, "DefElem");
    if (is_keyword(text(element, "defname"), name)) return element;
  }
  return nullptr;
}

/// Whether an option is given and not set to false.
bool is_on(Node option) {
  if (option == nullptr) return false;
  const Node arg = field(option, "arg");
  if (arg == nullptr) return true;
  if (const Node integer = field(arg, "Integer")) return field(integer, "ival") != nullptr;
  if (const Node boolean = field(arg, "Boolean")) return is_true(boolean, "boolval");
  std::string value = text(field(arg, "String"), "sval");
  // off, being no reserved word, comes as the name of a type.
  const Node names = field(field(arg, "TypeName"), "names");
  if (names != nullptr && !names->empty()) value = text(field(&names->back(), "String"), "sval");
  return !is_keyword(value, "false") && !is_keyword(value, "off");
}

bool is_off(Node option) {
  return option != nullptr && !is_on(option);
}

bool always(Node) {
  return true;
}

bool alters_database(Node node) {
  return find_option(node, "options", "tablespace") != nullptr;
}

bool vacuums(Node node) {
  return is_true(node, "is_vacuumcmd");
}

bool clusters_everything(Node node) {
  return field(node, "relation") == nullptr;
}

bool reindexes(Node node) {
  const std::string kind = text(node, "kind");
  return kind == "REINDEX_OBJECT_SCHEMA" || kind == "REINDEX_OBJECT_DATABASE" ||
         kind == "REINDEX_OBJECT_SYSTEM" || is_on(find_option(node, "params", "concurrently"));
}

bool is_concurrent(Node node) {
  return is_true(node, "concurrent");
}

bool detaches(Node node) {
  const Node commands = field(node, "cmds");
  if (commands == nullptr) return false;
  return std::any_of(commands->begin(), commands->end(), [](const Json& command) {
    const Node def = field(field(&command, "AlterTableCmd"), "def");
    return is_true(field(def, "PartitionCmd"), "concurrent");
  });
}

bool creates_slot(Node node) {
  return !is_off(find_option(node, "options", "create_slot")) &&
         !is_off(find_option(node, "options", "connect"));
}

bool alters_subscription(Node node) {
  const std::string kind = text(node, "kind");
  if (kind.starts_with("ALTER_SUBSCRIPTION_REFRESH")) return true;
  if (kind == "ALTER_SUBSCRIPTION_OPTIONS") {
    return find_option(node, "options", "failover") != nullptr ||
           is_off(find_option(node, "options", "two_phase"));
  }
  return kind.ends_with("_PUBLICATION") && !is_off(find_option(node, "options", "refresh"));
}

bool discards_all(Node node) {
  // The first value of the enumeration, which may be left out.
  const std::string target = text(node, "target");
  return target.empty() || target == "DISCARD_ALL";
}

/// SAFETY: statements that refuse a transaction block, by their node and a look at its fields.
struct Rule {
  std::string_view node;
  bool (*forbids)(Node node);
};

constexpr std::array<Rule, 16> kRules = {{
    {"CreatedbStmt", always},
    {"DropdbStmt", always},
    {"AlterDatabaseStmt", alters_database},
    {"CreateTableSpaceStmt", always},
    {"DropTableSpaceStmt", always},
    {"VacuumStmt", vacuums},
    {"ClusterStmt", clusters_everything},
    {"ReindexStmt", reindexes},
    {"IndexStmt", is_concurrent},
    {"DropStmt", is_concurrent},
    {"AlterTableStmt", detaches},
    {"AlterSystemStmt", always},
    {"CreateSubscriptionStmt", creates_slot},
    {"AlterSubscriptionStmt", alters_subscription},
    {"DropSubscriptionStmt", always},
    {"DiscardStmt", discards_all},
}};

TransactionNeed need_of_transaction_statement(Node node) {
  const std::string kind = text(node, "kind");
  if (kind == "TRANS_STMT_COMMIT_PREPARED" || kind == "TRANS_STMT_ROLLBACK_PREPARED") {
    return TransactionNeed::forbidden;
  }
  if (kind == "TRANS_STMT_SAVEPOINT" || kind == "TRANS_STMT_RELEASE" ||
      kind == "TRANS_STMT_ROLLBACK_TO") {
    return TransactionNeed::any;
  }
  return TransactionNeed::control;
}

TransactionNeed need_by_tree(const Json& statement) {
  for (const auto& [name, node] : statement.items()) {
    if (name == "TransactionStmt") return need_of_transaction_statement(&node);
    for (const Rule& rule : kRules) {
      if (rule.node == name && rule.forbids(&node)) return TransactionNeed::forbidden;
    }
  }
  return TransactionNeed::any;
}

/// The library's answer: null when the grammar refuses the text.
Json parse(const std::string& text) {
  PgQueryParseResult result = pg_query_parse(text.c_str());
  Json answer;
  if (result.error == nullptr && result.parse_tree != nullptr) {
    answer = Json::parse(result.parse_tree, nullptr, /*allow_exceptions=*/false);
  }
  pg_query_free_parse_result(result);
  return answer;
}

}  // namespace

StatementSummary summarize(std::string_view statement) {
  const StatementWords words(statement);
  StatementSummary summary{.what = describe(words)};
  if (words.size() == 0 || is_plain_query(words)) {
    summary.understood = true;
    return summary;
  }
  // PL/pgSQL's parser in the library leaks on errors; the words of a body tell as much.
  const bool commits = is_committing_do(statement);
  summary.transaction = commits ? TransactionNeed::forbidden : need_by_words(words);
  // The library takes C strings: a NUL byte would hide what follows.
  const bool fits = statement.size() <= kLongestParsed && statement.find('\0') == statement.npos;
  if (!fits) return summary;

  const std::string copy(statement);
  const Json answer = parse(copy);
  const Node statements = field(&answer, "stmts");
  if (statements == nullptr || statements->size() != 1) return summary;
  const Node tree = field(&statements->front(), "stmt");
  if (tree == nullptr) return summary;
  summary.understood = true;
  if (!commits) summary.transaction = need_by_tree(*tree);
  return summary;
}

}  // namespace migrator

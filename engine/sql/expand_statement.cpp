#include "engine/sql/expand_statement.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "engine/sql/placeholder.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

// References in the values of one statement's variables: they may double with each step.
constexpr std::size_t kMostNested = 1000;

/// psql sets these from its connection; a migration must not depend on where it runs unasked.
constexpr std::array<std::string_view, 8> kOfTheConnection{
    "DBNAME", "USER", "HOST", "PORT", "ENCODING", "SERVER_VERSION_NUM", "SERVER_VERSION_NAME",
    "VERSION"};

class StatementExpander {
 public:
  StatementExpander(const Source& source, const Statement& statement,
                    const ScriptVariables& variables)
      : text_(text_of(source, statement)), statement_(statement), variables_(variables) {}

  ExpandedStatement run(Placeholders placeholders) {
    for (Scanner scanner(text_, statement_.strings); !scanner.at_end();) {
      const Token token = scanner.next();
      if (placeholders == Placeholders::are_replaced)
        for (const Placeholder& one : placeholders_in(text_, token, statement_.strings)) take(one);
      if (token.kind == TokenKind::punctuation && text_of(text_, token) == ":")
        take_reference(token.offset);
      if (kept_ > scanner.position()) scanner.jump_to(kept_);
    }
    if (kept_ == 0) return std::move(result_);
    expansion_.keep(text_.substr(kept_), statement_.offset + kept_);
    check_is_one();
    result_.expansion = std::move(expansion_);
    return std::move(result_);
  }

 private:
  void take(const Placeholder& one) {
    const std::string name(one.name);
    if (one.is_plain) return put("${" + name + "}", one.offset, one.length);
    if (one.around == Placeholder::Around::unfit)
      return complain("variable-place",
                      "${" + name +
                          "} stands where no value can be put in: in dollar quotes, in a "
                          "string with the prefix U&, B or X, or against a string",
                      "put it into '...' or \"...\" or let it stand by itself", one.offset);
    const auto found = variables_.find(one.name);
    if (found == variables_.end()) return complain_unset(name, one.offset);
    put(written_value(one, found->second), one.offset, one.length);
  }

  void take_reference(std::size_t offset) {
    const auto reference = reference_at(text_.substr(offset));
    if (!reference) return;
    auto value = value_of(*reference, variables_);
    if (value && reference->form == Reference::Form::plain)
      value = nested_value_of(reference->variable, variables_, budget_);
    if (value) return put(*value, offset, reference->length);
    // Bare, it may be a slice of an array; psql leaves both as they are, and the server complains.
    const bool of_connection =
        std::ranges::find(kOfTheConnection, reference->variable) != kOfTheConnection.end();
    if (reference->form != Reference::Form::plain || of_connection)
      complain_unset(std::string(reference->variable), offset);
  }

  void put(std::string_view value, std::size_t offset, std::size_t length) {
    expansion_.keep(text_.substr(kept_, offset - kept_), statement_.offset + kept_);
    expansion_.replace(value, statement_.offset + offset);
    kept_ = offset + length;
  }

  void check_is_one() {
    const bool copies = statement_.form == StatementForm::copy_data;
    const std::string text_alone = expansion_.text() + (copies ? ";\n\\.\n" : "");
    if (budget_ == 0)
      complain("variable-splits",
               "the values of this statement's variables mention too many others",
               "write them out");
    else if (!is_one(text_alone))
      complain("variable-splits",
               "the values of this statement's variables make more or less than one statement of "
               "it",
               "put whole statements into a file and read it with \\i");
  }

  bool is_one(const std::string& text) const {
    StringStyleTracker strings;
    if (statement_.strings == StringStyle::backslash_escapes)
      strings.follow("set standard_conforming_strings = off");
    StatementReader reader({.file = {}, .text = text}, strings);
    return reader.next() && !reader.next() && reader.findings().empty();
  }

  void complain_unset(const std::string& name, std::size_t offset) {
    if (!unset_.insert(name).second) return;
    complain("variable-unset", "the variable " + name + " is not set",
             "set it: \\set, [variables] in migrator.toml, or --set " + name + "=VALUE", offset);
  }

  void complain(std::string id, std::string message, std::string next, std::size_t offset = 0) {
    result_.complaints.push_back(
        {std::move(id), std::move(message), std::move(next), statement_.offset + offset});
  }

  std::string_view text_;
  const Statement& statement_;
  const ScriptVariables& variables_;
  ExpandedStatement result_ = {};
  Expansion expansion_ = {};
  std::size_t budget_ = kMostNested;
  std::set<std::string> unset_ = {};
  std::size_t kept_ = 0;  ///< up to there it is in the expansion
};

}  // namespace

ExpandedStatement expand_statement(const Source& source, const Statement& statement,
                                   const ScriptVariables& variables, Placeholders placeholders) {
  return StatementExpander(source, statement, variables).run(placeholders);
}

}  // namespace migrator

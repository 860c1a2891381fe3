#include "engine/sql/canonical.h"

#include "engine/sql/splitter.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kStatementEnd(";\0", 2);

void append_tokens(std::string& result, std::string_view statement, StringStyle style) {
  for (Scanner scanner(statement, style); !scanner.at_end();) {
    const Token token = scanner.next();
    if (is_blank_or_comment(token.kind)) continue;
    result += text_of(statement, token);
    result += '\0';
  }
}

}  // namespace

std::string canonical_statement(std::string_view statement, StringStyle style) {
  std::string result;
  result.reserve(statement.size());
  append_tokens(result, statement, style);
  return result;
}

std::string canonical_script(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const Source source{.file = {}, .text = text};
  const SplitResult script = split(source);
  std::string result;
  result.reserve(text.size() + text.size() / 8);  // a NUL in place of most blanks, and some more
  if (!script.findings.empty()) {
    append_tokens(result, text, StringStyle::standard_conforming);
    result += kStatementEnd;
    return result;
  }
  for (const Statement& statement : script.statements) {
    append_tokens(result, text_of(source, statement), statement.strings);
    result += kStatementEnd;
    if (statement.form == StatementForm::copy_data) {
      result += text.substr(statement.data_offset, statement.data_length);
      result += '\0';
    }
  }
  return result;
}

}  // namespace migrator

#include "engine/sql/canonical.h"

#include <algorithm>

#include "engine/sql/meta_command.h"
#include "engine/sql/splitter.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kStatementEnd(";\0", 2);
constexpr std::string_view kNul("\0", 1);

void append_tokens(std::string& result, std::string_view statement, StringStyle style) {
  for (Scanner scanner(statement, style); !scanner.at_end();) {
    const Token token = scanner.next();
    if (is_blank_or_comment(token.kind)) continue;
    result += text_of(statement, token);
    result += '\0';
  }
}

bool is_without_meaning(std::string_view command) {
  const std::string_view name = meta_command_name(command);
  return name == "restrict" || name == "unrestrict";
}

void write_data(const Source& source, const Statement& statement, const CanonicalSink& sink) {
  constexpr std::size_t piece = std::size_t{1} << 20U;
  const std::string_view data = source.text.substr(statement.data_offset, statement.data_length);
  Trail trail(source);
  for (std::size_t at = 0; at < data.size(); at += piece) {
    sink(data.substr(at, piece));
    trail.reached(statement.data_offset + std::min(at + piece, data.size()));
  }
  sink(kNul);
}

}  // namespace

std::string canonical_statement(std::string_view statement, StringStyle style) {
  std::string result;
  result.reserve(statement.size());
  append_tokens(result, statement, style);
  return result;
}

bool write_canonical(const Source& source, const CanonicalSink& sink) {
  StatementReader reader(source);
  std::string form;
  while (const auto statement = reader.next()) {
    const std::string_view text = text_of(source, *statement);
    if (statement->form == StatementForm::meta_command && is_without_meaning(text)) continue;
    form.clear();
    append_tokens(form, text, statement->strings);
    if (statement->ending == Ending::gexec) form.append("\\gexec").append(kNul);
    form += kStatementEnd;
    sink(form);
    if (statement->form == StatementForm::copy_data) write_data(source, *statement, sink);
  }
  return reader.findings().empty();
}

std::string canonical_tokens(std::string_view text) {
  std::string form = canonical_statement(text);
  form += kStatementEnd;
  return form;
}

std::string canonical_script(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::string form;
  const bool splits = write_canonical({.file = {}, .text = text},
                                      [&form](std::string_view piece) { form += piece; });
  return splits ? form : canonical_tokens(text);
}

}  // namespace migrator

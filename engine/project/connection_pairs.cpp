// The key=value form of a connection text, after libpq's conninfo_parse.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/project/connection_reader.h"

namespace migrator {
namespace {

constexpr std::string_view quote_hint =
    "in the key=value form, put a value with blanks or quotes into '...', with \\' for a quote and "
    "\\\\ for a backslash";

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// libpq's conninfo_parse, with its errors but without its quotations.
class KeyValueReader {
 public:
  explicit KeyValueReader(std::string_view text) : text_(text) {}

  ConnectionText read() {
    result_.form = ConnectionForm::key_value;
    for (skip_blanks(); position_ < text_.size(); skip_blanks()) {
      const std::string key = read_key();
      ConnectionPiece piece{.key = key, .offset = position_};
      piece.value =
          position_ < text_.size() && text_[position_] == '\'' ? read_quoted() : read_plain();
      piece.length = position_ - piece.offset;
      result_.pieces.push_back(std::move(piece));
    }
    return std::move(result_);
  }

 private:
  void skip_blanks() {
    while (position_ < text_.size() && is_blank(text_[position_])) ++position_;
  }

  std::string read_key() {
    const std::size_t begin = position_;
    while (position_ < text_.size() && text_[position_] != '=' && !is_blank(text_[position_]))
      ++position_;
    const std::string key(text_.substr(begin, position_ - begin));
    skip_blanks();
    if (position_ == text_.size() || text_[position_] != '=')
      refuse_connection_text("a word in it is not followed by \"=\"", quote_hint);
    ++position_;
    skip_blanks();
    if (!is_connection_keyword(key)) {
      // The word is not shown: it may be the rest of a password that holds a blank.
      const auto near = nearest_connection_keyword(key);
      refuse_connection_text("it has a parameter that libpq does not have",
                             near ? fmt::format("did you mean {}?", *near) : quote_hint);
    }
    return key;
  }

  std::string read_plain() {
    std::string value;
    while (position_ < text_.size() && !is_blank(text_[position_])) {
      if (text_[position_] == '\\' && ++position_ == text_.size()) break;
      value += text_[position_++];
    }
    return value;
  }

  std::string read_quoted() {
    std::string value;
    for (++position_; position_ < text_.size(); ++position_) {
      if (text_[position_] == '\'') {
        ++position_;
        if (position_ < text_.size() && !is_blank(text_[position_]))
          refuse_connection_text("something stands right after a closing quote", quote_hint);
        return value;
      }
      if (text_[position_] == '\\' && ++position_ == text_.size()) break;
      value += text_[position_];
    }
    refuse_connection_text("a quote in it is not closed", quote_hint);
  }

  std::string_view text_;
  std::size_t position_ = 0;
  ConnectionText result_;
};

}  // namespace

ConnectionText read_connection_pairs(std::string_view text) {
  return KeyValueReader(text).read();
}

std::string quote_connection_value(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace migrator

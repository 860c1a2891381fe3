#include "engine/project/marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/base/text.h"
#include "engine/sql/splitter.h"

namespace migrator {
namespace {

struct Line {
  std::string_view text;  ///< trimmed
  std::size_t offset = 0;
  std::size_t next = 0;  ///< offset of the next line
  std::size_t number = 1;
};

/// Lines that are comments; calling `visit` only for those keeps a file of 200 MB cheap.
template <typename Visit>
void for_each_comment_line(const Source& source, const Visit& visit) {
  constexpr std::size_t piece_size = std::size_t{1} << 20U;
  const std::string_view all = source.text;
  std::size_t number = source.first_line;
  std::size_t counted = 0;  // up to here, lines are in `number`
  Trail trail(source);
  for (std::size_t at = 0; at < all.size();) {
    trail.reached(at);
    const std::size_t dashes = all.substr(at, piece_size + 1).find("--");
    if (dashes == std::string_view::npos) {
      at += piece_size;
      continue;
    }
    at += dashes;
    const std::size_t begin = all.rfind('\n', at) + 1;  // of npos: 0
    const std::size_t end = std::min(all.find('\n', at), all.size());
    const std::string_view text = trim(all.substr(begin, end - begin));
    if (text.starts_with("--")) {
      number += lines_before(source, counted, begin).count;
      counted = begin;
      visit(Line{text, begin, std::min(end + 1, all.size()), number});
    }
    at = end + 1;
  }
}

std::string_view inside_comment(std::string_view line) {
  return trim(line.substr(2));
}

enum class Direction { up, down };

struct Mark {
  Direction direction = Direction::up;
  Line line;
  std::optional<TransactionMode> transaction = std::nullopt;
};

std::string_view word_of(Direction direction) {
  return direction == Direction::up ? "-- migrate:up" : "-- migrate:down";
}

class MarkReader {
 public:
  explicit MarkReader(const Source& source) : source_(source) {}

  MarkedFile read() {
    for_each_comment_line(source_, [this](const Line& line) { read_line(line); });
    if (marks_.empty()) {
      file_.up = MarkedText{0, source_.text.size(), source_.first_line};
      return std::move(file_);
    }
    check_before_first(marks_.front().line.offset);
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      const Mark& mark = marks_[i];
      const std::size_t end =
          i + 1 < marks_.size() ? marks_[i + 1].line.offset : source_.text.size();
      place_part(mark, mark.line.next, end - mark.line.next);
    }
    return std::move(file_);
  }

 private:
  void complain(std::string id, std::string message, std::size_t offset, std::string next) {
    file_.findings.push_back({.severity = Severity::error,
                              .id = std::move(id),
                              .message = std::move(message),
                              .place = place_of(source_, offset),
                              .next = std::move(next)});
  }

  void read_line(const Line& line) {
    const std::string_view comment = inside_comment(line.text);
    if (!starts_with_ignoring_case(comment, "migrate:")) return;
    const std::string_view rest = comment.substr(8);
    const std::size_t word_end = std::min(rest.find_first_of(" \t"), rest.size());
    const std::string word = to_lower_ascii(rest.substr(0, word_end));
    if (word != "up" && word != "down")
      return complain("unknown-mark", fmt::format("\"{}\" is no mark", line.text), line.offset,
                      "write -- migrate:up or -- migrate:down");
    Mark mark{word == "up" ? Direction::up : Direction::down, line};
    read_options(trim(rest.substr(word_end)), mark);
    marks_.push_back(mark);
  }

  /// dbmate writes the transaction mode behind the mark.
  void read_options(std::string_view options, Mark& mark) {
    if (options.empty() || options == "transaction:true") return;
    if (options == "transaction:false")
      mark.transaction = TransactionMode::off;
    else
      complain("unknown-mark-option",
               fmt::format("\"{}\" behind a mark is not understood", options), mark.line.offset,
               "Only transaction:false is known here; write others as lines "
               "\"-- migrator: key value\" below the mark.");
  }

  void check_before_first(std::size_t end) {
    const Source head{source_.file, source_.text.substr(0, end), source_.first_line};
    if (const auto statement = StatementReader(head).next())
      complain("text-before-mark",
               fmt::format("SQL stands before the first mark of {} and belongs to no part",
                           source_.file),
               statement->offset, "move it below -- migrate:up");
    for_each_comment_line(head, [this](const Line& line) {
      if (starts_with_ignoring_case(inside_comment(line.text), "migrator:"))
        complain("directive-before-mark", "a directive stands before the first mark", line.offset,
                 "move it below the mark of the part that it is for");
    });
  }

  void place_part(const Mark& mark, std::size_t offset, std::size_t length) {
    std::optional<MarkedText>& part = mark.direction == Direction::up ? file_.up : file_.down;
    if (part)
      return complain("duplicate-mark",
                      fmt::format("{} has a second {}; the first is on line {}", source_.file,
                                  word_of(mark.direction), part->mark_line),
                      mark.line.offset, "make one part of them, or two files");
    part = MarkedText{offset, length, mark.line.number + 1, mark.line.number, mark.transaction};
  }

  const Source& source_;
  std::vector<Mark> marks_;
  MarkedFile file_;
};

struct ForeignMark {
  std::string_view start;  ///< of the line, lower case, blanks after "--" taken out
  std::string_view tool;
};

constexpr auto foreign_marks = std::to_array<ForeignMark>({{"--+goose", "goose"},
                                                           {"--+migrate", "sql-migrate"},
                                                           {"--rambler up", "rambler"},
                                                           {"--rambler down", "rambler"},
                                                           {"--liquibase formatted", "Liquibase"},
                                                           {"--changeset ", "Liquibase"},
                                                           {"--!ups", "Play Evolutions"},
                                                           {"--!downs", "Play Evolutions"},
                                                           {"--//@undo", "MyBatis Migrations"}});

}  // namespace

MarkedFile split_at_marks(const Source& source) {
  return MarkReader(source).read();
}

std::vector<Finding> refuse_marks(const Source& source, std::string_view reason) {
  std::vector<Finding> findings;
  for_each_comment_line(source, [&](const Line& line) {
    const std::string comment = to_lower_ascii(inside_comment(line.text));
    if (comment.starts_with("migrate:up") || comment.starts_with("migrate:down"))
      findings.push_back({.severity = Severity::error,
                          .id = "unexpected-mark",
                          .message = fmt::format("{} holds a mark, but {}", source.file, reason),
                          .place = place_of(source, line.offset),
                          .next = "remove the mark"});
  });
  return findings;
}

std::vector<Finding> refuse_foreign_marks(const Source& source) {
  std::vector<Finding> findings;
  for_each_comment_line(source, [&](const Line& line) {
    if (!findings.empty()) return;
    const std::string text = "--" + to_lower_ascii(inside_comment(line.text.substr(0, 60)));
    for (const ForeignMark& mark : foreign_marks)
      if (text.starts_with(mark.start))
        findings.push_back(
            {.severity = Severity::error,
             .id = "foreign-mark",
             .message = fmt::format("{} is marked for {}, whose marks mean nothing here",
                                    source.file, mark.tool),
             .place = place_of(source, line.offset),
             .next = "write -- migrate:up and -- migrate:down in their place"});
  });
  return findings;
}

}  // namespace migrator

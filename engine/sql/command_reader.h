// Reads the commands of a Part one by one, doing what psql does between statements: \set and :name,
// \if, \i and \ir, \copy, \echo, \gexec. What it cannot do as psql would is a finding, never
// skipped. It sends nothing and opens no file: what \i and \copy read was loaded with the part.
// A copy is a bookmark: it goes on where the original stood.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/command.h"
#include "engine/sql/part.h"

namespace migrator {

/// A backslash command that reads a file which the part has no link for yet.
struct IncludeRequest {
  std::string name;                    ///< as written, variables put in
  bool beside_file = false;            ///< \ir: relative to the file that holds the command
  bool is_data = false;                ///< \copy
  std::size_t from = 0;                ///< the text that holds the command
  std::vector<std::size_t> open = {};  ///< the texts that are being read, outermost first
};

/// The number of the text that answers a request, or what is wrong with it.
struct IncludeAnswer {
  std::size_t text = 0;
  std::string problem = {};
  std::string next = {};
};
using IncludeLoader = std::function<IncludeAnswer(const IncludeRequest&)>;

class CommandReader {
 public:
  /// The part must stay where it is while it is read. Without a loader only the part's links count.
  explicit CommandReader(const Part& part, IncludeLoader loader = {});

  /// The next command; nothing at the end.
  std::optional<Command> next();

  /// What was wrong so far. All are errors: a part with findings is not to be run.
  std::vector<Finding> findings() const;

  /// The links that the loader's answers made.
  const std::vector<IncludeLink>& new_links() const { return new_links_; }

  /// Long COPY data that it found, by the number of its text.
  std::map<std::size_t, LongData> new_long_data() const;

  /// Of the part's own text: see StatementReader::marked_comments.
  const std::vector<std::size_t>& marked_comments() const {
    return files_.front().reader.marked_comments();
  }

 private:
  /// One \if ... \endif.
  struct Branch {
    bool active = true;  ///< the commands of this branch count
    bool taken = false;  ///< an earlier branch, or this one, was chosen
    bool in_else = false;
    std::size_t offset = 0;
  };
  struct File {
    std::size_t text;
    StatementReader reader;
    std::vector<Branch> branches = {};
  };

  bool is_active() const;
  bool has_placeholders() const { return part_->directives.variables; }
  std::optional<Command> take(const Statement& statement);
  std::optional<Command> take_meta(const Statement& statement, std::string_view line);
  std::optional<Command> take_copy(const Statement& statement, std::string_view rest);
  bool take_condition(const Statement& statement, std::string_view line);
  void take_set(const Statement& statement, const std::vector<std::string>& arguments);
  void take_include(const Statement& statement, const std::string& name, bool beside_file);
  std::optional<std::size_t> find_file(const Statement& statement, IncludeRequest request);
  std::optional<Expansion> expand(const Statement& statement);
  void close_file();
  std::optional<bool> judge(const Statement& statement, std::string_view line);
  void complain(const Statement& statement, std::string id, std::string message, std::string next);
  void complain_at(std::size_t offset, std::string id, std::string message, std::string next);

  const Part* part_;
  IncludeLoader loader_;
  ScriptVariables variables_;
  std::vector<File> files_;
  StringStyleTracker strings_ = {};
  std::vector<IncludeLink> new_links_ = {};
  std::map<std::size_t, LongData> new_long_data_ = {};
  std::vector<Finding> findings_ = {};
  std::size_t includes_ = 0;  ///< files opened so far, again and again counted each time
};

/// The next command that is sent to the server; what stands before it (\echo) is told to `passed`.
std::optional<Command> next_sent(CommandReader& reader,
                                 const std::function<void(const Command&)>& passed = {});

}  // namespace migrator

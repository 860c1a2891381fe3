// A Finding is the one shape of every complaint: from a file, from the planner, from the server.
// It is a plain value; what prints it (engine/report) and what throws it (Error) live elsewhere.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace migrator {

enum class Severity { note, warning, error };

/// A spot in a file. Lines and columns count from 1, columns in characters; 0 means unknown.
struct Place {
  std::string file = {};
  std::size_t line = 0;
  std::size_t column = 0;
  std::string source_line = {};  ///< the text of that line, for the caret; may be empty
  std::size_t caret = 0;  ///< column within source_line, which is cut when long; 0: as column

  bool operator==(const Place&) const = default;
};

struct Finding {
  Severity severity = Severity::error;
  std::string id;       ///< stable, for machines: "statement-failed"
  std::string message;  ///< one sentence: what happened
  std::optional<Place> place = std::nullopt;
  std::string detail = {};    ///< more of what happened; may hold several lines
  std::string hint = {};      ///< the server's hint, or ours
  std::string sqlstate = {};  ///< five characters where the server complained
  std::size_t statement = 0;  ///< which of its file's, from 1; 0 where that says nothing
  std::size_t statements = 0;
  std::string context = {};  ///< the server's PL/pgSQL call stack
  std::string kept = {};     ///< what was kept: "nothing of 3_users.sql; 2 migrations before it"
  std::string next = {};     ///< what to do next
  std::string fingerprint = {};  ///< of the statement that a rule judged; else empty

  bool operator==(const Finding&) const = default;
};

}  // namespace migrator

// seeds.toml of a folder of seeds: how its data files are loaded, a table for each. What it does
// not do: know the database's tables.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/finding.h"
#include "engine/project/version.h"

namespace migrator {

/// What loading does with rows of the table that are there already.
enum class SeedMode {
  insert,   ///< adds what is missing, touches nothing
  upsert,   ///< ... and updates what differs
  sync,     ///< ... and deletes what the file does not have
  once,     ///< as upsert, the first time only
  replace,  ///< empties the table first
};

std::string_view to_text(SeedMode mode);

struct SeedOptions {
  SeedMode mode = SeedMode::upsert;
  std::vector<std::string> key = {};   ///< columns; empty: the primary key, or another unique one
  std::vector<std::string> keep = {};  ///< columns that are written with new rows only
  std::optional<std::string> null = std::nullopt;  ///< what stands for NULL; absent: an empty field
  std::string filter = {};  ///< sync: SQL for the rows of the table that it is about
  bool triggers = true;
  double delete_share = 0.2;  ///< sync: deletes no more than so much of the table
  std::optional<Version> needed_version =
      std::nullopt;                     ///< a migration that has to be applied before
  std::vector<std::string> after = {};  ///< names of seeds that run before
  bool cascade = false;                 ///< replace: empties the tables that refer to it as well
  bool variables = false;               ///< ${NAME} in its text stands for a variable

  /// One text for the same options, and another for others (FORMATS.md, "Checksums"). When it runs
  /// is no part of it.
  std::string canonical() const;
};

struct SeedOptionsFile {
  std::map<std::string, SeedOptions> tables = {};  ///< by "users", "auth.users"
  std::vector<Finding> findings = {};
};

/// `shown` is the file's name. Everything that is wrong is a finding.
SeedOptionsFile read_seed_options(std::string_view text, const std::string& shown);

}  // namespace migrator

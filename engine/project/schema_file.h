// schema.sql as `db dump` writes it and `db load` reads it: a line that says what it is, settings,
// the statements, and a line for each migration that the schema holds. Pure text; FORMATS.md,
// "schema.sql", has it to the byte.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/project/checksum.h"
#include "engine/project/version.h"

namespace migrator {

/// A migration whose work the schema holds.
struct SchemaVersion {
  std::string kind;  ///< "versioned", "repeatable", "baseline"
  std::string id;
  std::string name;
  std::size_t statements = 0;
  Checksums checksums;

  bool operator==(const SchemaVersion&) const = default;
};

/// `schema` is a canonical_schema; the versions are written in the order in which they are given.
std::string schema_file(std::string_view schema, const std::vector<SchemaVersion>& versions);

/// Whether a text begins as one of ours, or as pg_dump's.
bool is_schema_file(std::string_view text);

/// What the file says it holds; nothing for a file that is not ours. Throws Error(configuration,
/// "schema-file-damaged") for one of ours that is cut short, has a line that is none, or is of a
/// newer format, with the place.
std::vector<SchemaVersion> versions_in(std::string_view text, const std::string& shown);

}  // namespace migrator

// The objects of a database as values, and how two databases differ. Read by
// engine/pg/catalog_reading; names and definitions are texts of the server, so that two catalogs
// are comparable where they come from servers of one major version. Knows no rows.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

struct CatalogObject {
  std::string name;        ///< with its kind: "table public.users", "column public.users.email"
  std::string parent;      ///< the name of what it belongs to: "table public.users"; may be empty
  std::string definition;  ///< may be empty: then it is there, and that is all

  bool operator==(const CatalogObject&) const = default;
};

struct Catalog {
  int server_version = 0;              ///< 150018
  std::vector<CatalogObject> objects;  ///< by name; a name stands for one

  bool operator==(const Catalog&) const = default;
};

/// Of the two catalogs, which has the object.
enum class DifferenceKind { missing, extra, different };

std::string_view to_text(DifferenceKind kind);

struct CatalogDifference {
  DifferenceKind kind = DifferenceKind::different;
  std::string object;                        ///< its name
  std::optional<std::string> expected = {};  ///< definitions
  std::optional<std::string> actual = {};

  bool operator==(const CatalogDifference&) const = default;
};

/// What `actual` has otherwise than `expected`, by name. What belongs to an object that only one
/// of them has is not listed beside it.
std::vector<CatalogDifference> compare_catalogs(const Catalog& expected, const Catalog& actual);

/// Without the objects that a pattern names, and what belongs to them. `*` stands for any text, `?`
/// for a character: "table public.tmp_*", "extension *", "grant * to backup".
Catalog without_ignored(const Catalog& catalog, std::span<const std::string> patterns);

/// What people call the two sides: "the migrations", "the database".
struct CatalogSides {
  std::string expected;
  std::string actual;
};

/// How the definitions differ, for people: both of them, or the lines where they are long.
std::string definitions_of(const CatalogDifference& difference, const CatalogSides& sides);

}  // namespace migrator

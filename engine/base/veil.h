// Hides values that may be secrets in what is said of a text that holds them, since a server quotes
// what it refuses: whole, cut short, or as SQL, JSON, CSV or bytea spell it. `${NAME}` takes their
// place. Values of fewer than four bytes are words of every sentence, and stay.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/finding.h"

namespace migrator {

class Veil {
 public:
  static constexpr std::size_t kShortest = 4;

  void hide(std::string_view name, std::string_view value);
  bool is_empty() const { return names_.empty(); }

  std::string over(std::string_view text) const;
  /// What is said; not where, which is text as it was written, nor what to do next.
  Finding over(Finding finding) const;
  void cover(std::span<Finding> findings) const;

 private:
  using Owners = std::vector<std::size_t>;  ///< for each byte, whose value it is of; 0: nobody's

  struct Spelling {
    std::string text;  ///< in small letters
    std::size_t owner = 0;
  };

  void mark_whole(std::string_view text, Owners& owners) const;
  void mark_stretches(std::string_view text, Owners& owners) const;
  void mark_cut(std::string_view text, Owners& owners) const;

  std::vector<std::string> names_ = {};  ///< that of owner 1 comes first
  std::vector<Spelling> spellings_ = {};
  std::unordered_map<std::string, std::size_t> stretches_ = {};  ///< of the longer ones, to owners
};

}  // namespace migrator

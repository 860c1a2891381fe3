// SQL made up by rule and by chance: texts that mix every lexical shape, of which the server's
// parser accepts most. The same seed makes the same texts on every machine. It is no grammar; what
// it makes means nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace migrator::testing {

class SqlCorpus {
 public:
  explicit SqlCorpus(std::uint32_t seed) : state_(seed) {}

  /// Up to five statements with blanks, comments and empty statements between them.
  std::string script();

  /// Up to sixteen fragments without order: seldom SQL.
  std::string soup();

 private:
  std::size_t below(std::size_t limit);
  std::string_view pick(char what);
  void append(std::string& text, std::string_view pattern, int depth);

  std::uint32_t state_;
};

}  // namespace migrator::testing

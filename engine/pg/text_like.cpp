#include "engine/pg/text_like.h"

#include <array>
#include <charconv>
#include <utility>

namespace migrator {
namespace {

constexpr std::size_t kLongest = 1000;
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "123456789";

using Class = std::pair<std::string_view, std::string_view>;
constexpr auto kNamed = std::to_array<Class>({{"alpha", kLetters},
                                              {"alnum", kLetters},
                                              {"lower", kLetters},
                                              {"upper", kCapitals},
                                              {"digit", kDigits},
                                              {"xdigit", kDigits},
                                              {"space", " "},
                                              {"punct", "-"}});

/// Those of \d, \w and the like; none for another letter.
std::string_view escaped_class(char letter) {
  switch (letter) {
    case 'd':
      return kDigits;
    case 'w':
      return kLetters;
    case 's':
      return " ";
    default:
      return {};
  }
}

class Reader {
 public:
  Reader(std::string_view pattern, std::size_t n) : pattern_(pattern), n_(n) {}

  std::optional<std::string> read() {
    std::string text = alternatives();
    if (unknown_ || at_ != pattern_.size() || text.empty()) return std::nullopt;
    return text;
  }

 private:
  bool at_end() const { return unknown_ || at_ >= pattern_.size(); }
  char peek() const { return pattern_[at_]; }
  bool takes(std::string_view what) {
    if (pattern_.substr(std::min(at_, pattern_.size())).starts_with(what)) {
      at_ += what.size();
      return true;
    }
    return false;
  }

  std::string alternatives() {
    std::string first = sequence();
    while (!at_end() && takes("|")) sequence();
    return first;
  }

  std::string sequence() {
    std::string text;
    while (!at_end() && peek() != '|' && peek() != ')') {
      const std::string atom = this->atom();
      const std::size_t times = this->times();
      if (atom.empty()) continue;  // however often
      for (std::size_t i = 0; i < times && text.size() < kLongest; ++i) text += atom;
    }
    return text;
  }

  std::string atom() {
    const char c = pattern_[at_++];
    switch (c) {
      case '^':
      case '$':
        return "";
      case '(':
        return group();
      case '[':
        return one_of(set());
      case '.':
        return one_of(kLetters);
      case '\\':
        return escaped();
      default:
        return {c};
    }
  }

  std::string group() {
    if (!takes("?:") && !at_end() && peek() == '?') unknown_ = true;
    std::string text = alternatives();
    if (!takes(")")) unknown_ = true;
    return text;
  }

  std::string escaped() {
    if (at_end()) return "";
    const char c = pattern_[at_++];
    if (const auto all = escaped_class(c); !all.empty()) return one_of(all);
    // Words begin and end, and strings: \m, \M, \y, \A, \Z.
    if (std::string_view("mMyAZ").find(c) != std::string_view::npos) return "";
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) unknown_ = true;
    return {c};
  }

  std::string one_of(std::string_view all) {
    if (all.empty()) {
      unknown_ = true;
      return "";
    }
    return {all[(n_ - 1) % all.size()]};
  }

  /// The characters between brackets.
  std::string set() {
    const bool negated = takes("^");
    std::string all;
    for (bool first = true; !at_end() && (first || peek() != ']'); first = false) add_member(all);
    if (!takes("]")) unknown_ = true;
    if (!negated) return all;
    std::string others;
    for (const std::string_view some : {kLetters, kCapitals, kDigits})
      for (const char c : some)
        if (all.find(c) == std::string::npos) others += c;
    return others;
  }

  void add_member(std::string& all) {
    for (const auto& [name, members] : kNamed)
      if (takes("[:" + std::string(name) + ":]")) {
        all += members;
        return;
      }
    const char c = pattern_[at_++];
    if (c == '\\' && !at_end()) {
      const char next = pattern_[at_++];
      const auto members = escaped_class(next);
      all += members.empty() ? std::string_view(&next, 1) : members;
      return;
    }
    if (at_ + 1 < pattern_.size() && peek() == '-' && pattern_[at_ + 1] != ']') {
      const char last = pattern_[at_ + 1];
      at_ += 2;
      for (int one = c; one <= last && all.size() < kLongest; ++one) all += static_cast<char>(one);
      return;
    }
    all += c;
  }

  /// How often at least; once where that is left open.
  std::size_t times() {
    if (at_end()) return 1;
    std::size_t least = 1;
    if (takes("?")) {
      least = 0;
    } else if (takes("*") || takes("+")) {
      least = 1;
    } else if (takes("{")) {
      const std::string_view rest = pattern_.substr(at_);
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), least);
      const std::size_t close = rest.find('}');
      if (error != std::errc{} || close == std::string_view::npos) unknown_ = true;
      at_ = close == std::string_view::npos ? pattern_.size() : at_ + close + 1;
    } else {
      return 1;
    }
    takes("?");  // as few as possible
    return least;
  }

  std::string_view pattern_;
  std::size_t n_;
  std::size_t at_ = 0;
  bool unknown_ = false;
};

}  // namespace

std::optional<std::string> text_like(std::string_view pattern, std::size_t n) {
  if (pattern.find_first_of("^$[\\") == std::string_view::npos) return std::nullopt;
  return Reader(pattern, n).read();
}

}  // namespace migrator

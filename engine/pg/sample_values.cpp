#include "engine/pg/sample_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <numeric>
#include <string_view>
#include <utility>

#include "engine/base/quote.h"
#include "engine/pg/text_like.h"

namespace migrator {
namespace {

// Far from what migrations and seeds choose as keys.
constexpr std::size_t kFirstKey = 1'000'000;
constexpr std::size_t kFirstSmallKey = 30'000;
constexpr std::size_t kMostOthers = 24;

using Form = std::pair<std::string_view, std::string_view>;

/// With {0} for the number of the row, {1} for a day of its own, {2} for an hour, {3} for a byte,
/// and {4} for a day of a month.
constexpr auto kForms = std::to_array<Form>({
    {"bool", "true"},
    {"float4", "{0}.5"},
    {"float8", "{0}.5"},
    {"money", "{0}"},
    {"uuid", "00000000-0000-4000-8000-{0:012}"},
    {"date", "{1}"},
    {"timestamp", "{1} 12:00:00"},
    {"timestamptz", "{1} 12:00:00+00"},
    {"time", "{2:02}:00:00"},
    {"timetz", "{2:02}:00:00+00"},
    {"interval", "{0} days"},
    {"json", "{{\"sample\": {0}}}"},
    {"jsonb", "{{\"sample\": {0}}}"},
    {"bytea", "\\x{3:02x}"},
    {"inet", "192.0.2.{3}"},
    {"cidr", "192.0.2.{3}/32"},
    {"macaddr", "02:00:00:00:00:{3:02x}"},
    {"macaddr8", "02:00:00:00:00:00:00:{3:02x}"},
    {"xml", "<sample>{0}</sample>"},
    {"point", "({0},{0})"},
    {"line", "{{1,1,{0}}}"},
    {"lseg", "[(0,0),({0},{0})]"},
    {"box", "(0,0),({0},{0})"},
    {"path", "[(0,0),({0},{0})]"},
    {"polygon", "((0,0),(1,{0}),({0},1))"},
    {"circle", "<(0,0),{0}>"},
    {"tsvector", "sample {0}"},
    {"tsquery", "sample{0}"},
    {"pg_lsn", "0/{0}"},
    {"oid", "{0}"},
    {"int4range", "[{0}0,{0}5)"},
    {"int8range", "[{0}0,{0}5)"},
    {"numrange", "[{0}0,{0}5)"},
    {"daterange", "[{1},{1}]"},
    {"tsrange", "[{1} 12:00,{1} 13:00)"},
    {"tstzrange", "[{1} 12:00+00,{1} 13:00+00)"},
    {"hstore", "sample=>{0}"},
    {"ltree", "sample.a{0}"},
    {"jsonpath", "$.sample{0}"},
    {"geometry", "SRID=4326;POINT({0} {0})"},
    {"geography", "SRID=4326;POINT({0} {0})"},
});

/// Those that a CHECK may ask for, with another number of the row.
constexpr auto kOtherForms = std::to_array<Form>({
    {"uuid", "00000000-0000-7000-8000-{0:012}"},
    {"uuid", "00000000-0000-1000-8000-{0:012}"},
    {"date", "2000-01-{4:02}"},
    {"date", "2100-01-{4:02}"},
    {"date", "1970-01-{4:02}"},
    {"timestamp", "2000-01-{4:02} 12:00:00"},
    {"timestamp", "2100-01-{4:02} 12:00:00"},
    {"timestamp", "{1} 00:00:00"},
    {"timestamptz", "2000-01-{4:02} 12:00:00+00"},
    {"timestamptz", "2100-01-{4:02} 12:00:00+00"},
    {"timestamptz", "{1} 00:00:00+00"},
    {"time", "00:{2:02}:00"},
    {"time", "23:{2:02}:00"},
    {"interval", "{0} minutes"},
    {"interval", "-{0} days"},
    {"inet", "2001:db8::{0}"},
    {"inet", "10.0.{0}.0/24"},
    {"cidr", "2001:db8::{0}/128"},
    {"cidr", "10.0.{0}.0/24"},
});

/// Below or above a literal, or in the network that it names, as SQL.
constexpr auto kNear = std::to_array<Form>({
    {"date", "({0}::date - {1})"},
    {"date", "({0}::date + {1})"},
    {"timestamp", "({0}::timestamp - interval '{1} days')"},
    {"timestamp", "({0}::timestamp + interval '{1} days')"},
    {"timestamptz", "({0}::timestamptz - interval '{1} days')"},
    {"timestamptz", "({0}::timestamptz + interval '{1} days')"},
    {"time", "({0}::time - interval '{1} minutes')"},
    {"time", "({0}::time + interval '{1} minutes')"},
    {"inet", "(host({0}::inet)::inet + {1})"},
    {"cidr", "(host({0}::inet)::inet + {1})::cidr"},
});

bool is_integer(const SampleColumn& column) {
  return column.type == "int2" || column.type == "int4" || column.type == "int8";
}

std::string formed(std::string_view form, std::size_t n) {
  constexpr std::size_t days = 28;
  constexpr std::size_t months = 12;
  const std::size_t nr = n - 1;
  const std::size_t day = nr % days + 1;
  const std::string date =
      fmt::format("{:04}-{:02}-{:02}", 2020 + nr / days / months, nr / days % months + 1, day);
  return fmt::format(fmt::runtime(form), n, date, n % 24, n % 250, day);
}

std::string text_of_length(std::size_t n, std::size_t length) {
  if (length == 0) return "";
  const char last = static_cast<char>('a' + (n - 1) % 26);
  return std::string(length - 1, 'a') + last;
}

std::string vector_of(const SampleColumn& column, std::size_t n) {
  std::string text = fmt::format("[{}", n);
  for (int i = 1; i < column.limit; ++i) text += ",1";
  return text + "]";
}

std::string plain_value(const SampleColumn& column, std::size_t n) {
  if (column.is_array) return "{}";
  if (!column.labels.empty()) return column.labels[(n - 1) % column.labels.size()];
  if (is_integer(column) && !column.is_key) return std::to_string(n);
  if (column.type == "int2") return std::to_string(kFirstSmallKey + n);
  if (is_integer(column)) return std::to_string(kFirstKey + n);
  if (column.type == "numeric")
    return column.limit > column.digits_behind || column.limit == 0 ? std::to_string(n) : "0";
  if (column.type == "bit" || column.type == "varbit")
    return std::string(static_cast<std::size_t>(std::max(column.limit, 1)), '1');
  if (column.type == "bool") return n % 2 == 1 ? "true" : "false";
  if (column.category == 'S') {
    const std::string text = fmt::format("sample {}", n);
    const auto limit = static_cast<std::size_t>(column.limit);
    return limit > 0 && limit < text.size() ? text_of_length(n, limit) : text;
  }
  if (column.category == 'C')
    return "(" + std::string(static_cast<std::size_t>(std::max(column.limit, 1)) - 1, ',') + ")";
  if (column.type == "vector" || column.type == "halfvec") return vector_of(column, n);
  const auto known = std::ranges::find(kForms, column.type, &Form::first);
  if (known != kForms.end()) return formed(known->second, n);
  if (column.type.ends_with("multirange")) return "{}";
  return column.category == 'R' ? "empty" : std::to_string(n);
}

/// An array of one.
std::string array_of(const SampleColumn& column, std::size_t n) {
  SampleColumn element{.name = "", .type = column.type.substr(1)};  // "_text"
  const bool is_text = element.type == "text" || element.type == "varchar" ||
                       element.type == "bpchar" || element.type == "citext";
  if (is_text) element.category = 'S';
  std::string value;
  for (const char c : plain_value(element, n)) {
    if (c == '"' || c == '\\') value += '\\';
    value += c;
  }
  return fmt::format("{{\"{}\"}}", value);
}

/// Literals and numbers of the CHECKs' definitions.
struct Constants {
  std::vector<std::string> literals = {};
  std::vector<double> numbers = {};
};

std::size_t take_literal(std::string_view check, std::size_t at, Constants& into) {
  std::string literal;
  for (++at; at < check.size(); ++at) {
    if (check[at] == '\'' && (at + 1 >= check.size() || check[at + 1] != '\'')) break;
    if (check[at] == '\'') ++at;
    literal += check[at];
  }
  // As a number too: 0.5::numeric is written '0.5'::numeric where it is negative.
  double number = 0;
  const auto [end, error] =
      std::from_chars(literal.data(), literal.data() + literal.size(), number);
  if (error == std::errc{} && end == literal.data() + literal.size())
    into.numbers.push_back(number);
  into.literals.push_back(std::move(literal));
  return at + 1;
}

bool begins_number(std::string_view check, std::size_t at) {
  const auto is = [&](std::size_t i, auto&& test) {
    return test(static_cast<unsigned char>(check[i])) != 0;
  };
  if (!is(at, [](int c) { return std::isdigit(c); })) return false;
  return at == 0 || (check[at - 1] != '_' && !is(at - 1, [](int c) { return std::isalnum(c); }));
}

Constants constants_of(const std::vector<std::string>& checks) {
  Constants found;
  for (const std::string_view check : checks)
    for (std::size_t i = 0; i < check.size();) {
      if (check[i] == '\'') {
        i = take_literal(check, i, found);
      } else if (begins_number(check, i)) {
        double number = 0;
        const auto [end, error] =
            std::from_chars(check.data() + i, check.data() + check.size(), number);
        if (error == std::errc{})
          found.numbers.push_back(i > 0 && check[i - 1] == '-' ? -number : number);
        i = std::max(i + 1, static_cast<std::size_t>(end - check.data()));
      } else {
        ++i;
      }
    }
  return found;
}

/// Other values for one column, as SQL, each once.
class Guesses {
 public:
  Guesses(const SampleColumn& column, std::size_t n)
      : column_(column), n_(n), constants_(constants_of(column.checks)) {
    // Those that belong to other rows come later, for the sake of unique columns.
    auto& literals = constants_.literals;
    const std::size_t first = literals.empty() ? 0 : (n - 1) % literals.size();
    std::ranges::rotate(literals, literals.begin() + static_cast<std::ptrdiff_t>(first));
  }

  std::vector<std::string> take() {
    if (column_.is_hashed) add_of_other_rows();
    for (const std::string& label : column_.labels) add(label);
    for (const std::string& literal : constants_.literals) add(literal);
    for (const std::string& literal : constants_.literals)
      add_formed(kNear, quote_literal(literal));
    if (column_.category == 'N') add_numbers();
    if (column_.category == 'S') add_texts();
    if (column_.type == "bool") add(n_ % 2 == 1 ? "false" : "true");
    if (column_.type == "json" || column_.type == "jsonb") add_json();
    if (column_.is_array) add(array_of(column_, n_));
    for (const auto& [type, form] : kOtherForms)
      if (column_.type == type) add(formed(form, n_));
    if (!column_.not_null) add_sql("NULL");
    return std::move(values_);
  }

 private:
  void add(const std::string& value) { add_sql(quote_literal(value)); }

  void add_sql(std::string value) {
    if (values_.size() < most_ && std::ranges::find(values_, value) == values_.end())
      values_.push_back(std::move(value));
  }

  /// Which partition a value goes to is nothing that can be guessed.
  void add_of_other_rows() {
    constexpr std::size_t rows = 100;
    most_ += rows;
    for (std::size_t i = 1; i <= rows; ++i) add_sql(sample_value(column_, n_ + i * kApart));
  }

  void add_formed(const auto& forms, const std::string& literal) {
    for (const auto& [type, form] : forms)
      if (column_.type == type) add_sql(fmt::format(fmt::runtime(form), literal, n_));
  }

  void add_number(double value) {
    const bool is_whole = is_integer(column_) || value == std::floor(value);
    add(is_whole ? fmt::format("{:.0f}", std::floor(value)) : fmt::format("{}", value));
  }

  void add_numbers() {
    const auto row = static_cast<double>(n_);
    const auto& numbers = constants_.numbers;
    for (const double number : numbers)
      for (const double near : {number + row, number, number - row}) add_number(near);
    for (std::size_t i = 1; i < numbers.size(); ++i)
      add_number(std::midpoint(numbers[i - 1], numbers[i]));
    for (const double small : {row, 0.0, -row, row / kMostRows}) add_number(small);
  }

  void add_texts() {
    for (const double number : constants_.numbers)
      if (number > 0 && number < kLongestText)
        add(text_of_length(n_, static_cast<std::size_t>(number)));
    for (const std::string& literal : constants_.literals)
      if (const auto text = text_like(literal, n_)) add(*text);
    for (const std::string& usual :
         {fmt::format("sample{}@example.com", n_), fmt::format("https://example.com/{}", n_),
          fmt::format("sample-{}", n_), fmt::format("sample{}", n_), fmt::format("SAMPLE{}", n_),
          fmt::format("1234{}", n_), fmt::format("+1555123456{}", n_), std::string("en"),
          std::string("EUR"), std::string()})
      add(usual);
  }

  /// With the fields that a CHECK names, or of another kind.
  void add_json() {
    std::string fields;
    for (const std::string& literal : constants_.literals)
      if (literal.find_first_of("\"\\") == std::string::npos)
        fields += fmt::format("{}\"{}\": {}", fields.empty() ? "" : ", ", literal, n_);
    add("{" + fields + "}");
    for (const char* json : {"{}", "[]", "\"sample\"", "1"}) add(json);
  }

  static constexpr std::size_t kApart = 3;  // the number of a row, of so many
  static constexpr double kMostRows = 4;
  static constexpr double kLongestText = 1000;

  const SampleColumn& column_;
  std::size_t n_;
  Constants constants_;
  std::size_t most_ = kMostOthers;
  std::vector<std::string> values_ = {};
};

}  // namespace

std::string sample_value(const SampleColumn& column, std::size_t n) {
  return quote_literal(plain_value(column, n));
}

std::vector<std::string> other_values(const SampleColumn& column, std::size_t n) {
  return Guesses(column, n).take();
}

std::vector<std::string> values_of_bound(const std::string& bound) {
  const std::size_t open = bound.find('(');
  if (open == std::string::npos || bound.find("WITH") != std::string::npos) return {};
  std::vector<std::string> values(1);
  bool quoted = false;
  for (std::size_t i = open + 1; i < bound.size(); ++i) {
    if (bound[i] == '\'') quoted = !quoted;
    if (!quoted && bound[i] == ')') break;
    if (!quoted && bound[i] == ',')
      values.emplace_back();
    else if (quoted || bound[i] != ' ' || !values.back().empty())
      values.back() += bound[i];
  }
  for (std::string& value : values)
    if (value == "MINVALUE" || value == "MAXVALUE") value.clear();
  // Of a list the first is as good as the others.
  if (bound.find(" IN ") != std::string::npos) values.resize(1);
  return values;
}

}  // namespace migrator

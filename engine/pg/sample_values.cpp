#include "engine/pg/sample_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>
#include <utility>

#include "engine/base/quote.h"

namespace migrator {
namespace {

// Far from what migrations and seeds choose as keys.
constexpr std::size_t kFirstKey = 1'000'000;
constexpr std::size_t kFirstSmallKey = 30'000;
constexpr std::size_t kMostOthers = 24;

using Form = std::pair<std::string_view, std::string_view>;

/// With {} for the number of the row.
constexpr auto kForms = std::to_array<Form>({
    {"bool", "true"},
    {"float4", "{}.5"},
    {"float8", "{}.5"},
    {"money", "{}"},
    {"uuid", "00000000-0000-4000-8000-{:012}"},
    {"date", "2020-01-{:02}"},
    {"timestamp", "2020-01-{:02} 12:00:00"},
    {"timestamptz", "2020-01-{:02} 12:00:00+00"},
    {"time", "{:02}:00:00"},
    {"timetz", "{:02}:00:00+00"},
    {"interval", "{} days"},
    {"json", "{{\"sample\": {}}}"},
    {"jsonb", "{{\"sample\": {}}}"},
    {"bytea", "\\x{:02}"},
    {"inet", "192.0.2.{}"},
    {"cidr", "192.0.2.{}/32"},
    {"macaddr", "02:00:00:00:00:{:02}"},
    {"macaddr8", "02:00:00:00:00:00:00:{:02}"},
    {"xml", "<sample>{}</sample>"},
    {"point", "({0},{0})"},
    {"line", "{{1,1,{}}}"},
    {"lseg", "[(0,0),({0},{0})]"},
    {"box", "(0,0),({0},{0})"},
    {"path", "[(0,0),({0},{0})]"},
    {"polygon", "((0,0),(1,{0}),({0},1))"},
    {"circle", "<(0,0),{}>"},
    {"tsvector", "sample {}"},
    {"tsquery", "sample{}"},
    {"pg_lsn", "0/{}"},
    {"oid", "{}"},
    {"int4range", "[{0}0,{0}5)"},
    {"int8range", "[{0}0,{0}5)"},
    {"numrange", "[{0}0,{0}5)"},
    {"daterange", "[2020-01-{0:02},2020-01-{0:02}]"},
    {"tsrange", "[2020-01-{0:02} 12:00,2020-01-{0:02} 13:00)"},
    {"tstzrange", "[2020-01-{0:02} 12:00+00,2020-01-{0:02} 13:00+00)"},
    {"hstore", "sample=>{}"},
    {"ltree", "sample.a{}"},
    {"geometry", "SRID=4326;POINT({0} {0})"},
    {"geography", "SRID=4326;POINT({0} {0})"},
});

bool is_integer(const SampleColumn& column) {
  return column.type == "int2" || column.type == "int4" || column.type == "int8";
}

std::string text_of_length(std::size_t n, std::size_t length) {
  if (length == 0) return "";
  const char last = static_cast<char>('a' + (n - 1) % 26);
  return std::string(length - 1, 'a') + last;
}

std::string plain_value(const SampleColumn& column, std::size_t n) {
  if (column.is_array) return "{}";
  if (!column.labels.empty()) return column.labels[(n - 1) % column.labels.size()];
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
  const auto known = std::ranges::find(kForms, column.type, &Form::first);
  if (known != kForms.end()) return fmt::format(fmt::runtime(known->second), n);
  return column.category == 'R' ? "empty" : std::to_string(n);
}

/// Literals and numbers of a CHECK's definition.
void add_literals(std::string_view check, std::vector<std::string>& literals,
                  std::vector<long>& numbers) {
  for (std::size_t i = 0; i < check.size();) {
    if (check[i] == '\'') {
      std::string literal;
      for (++i; i < check.size(); ++i) {
        if (check[i] == '\'' && (i + 1 >= check.size() || check[i + 1] != '\'')) break;
        if (check[i] == '\'') ++i;
        literal += check[i];
      }
      ++i;
      literals.push_back(literal);
    } else if (std::isdigit(static_cast<unsigned char>(check[i])) != 0 &&
               (i == 0 || (std::isalnum(static_cast<unsigned char>(check[i - 1])) == 0 &&
                           check[i - 1] != '_'))) {
      long number = 0;
      const auto [end, error] =
          std::from_chars(check.data() + i, check.data() + check.size(), number);
      if (error == std::errc{}) numbers.push_back(i > 0 && check[i - 1] == '-' ? -number : number);
      i = static_cast<std::size_t>(end - check.data());
    } else {
      ++i;
    }
  }
}

constexpr long kLongestText = 1000;

}  // namespace

std::string sample_value(const SampleColumn& column, std::size_t n) {
  return quote_literal(plain_value(column, n));
}

std::vector<std::string> other_values(const SampleColumn& column, std::size_t n) {
  std::vector<std::string> literals;
  std::vector<long> numbers;
  for (const std::string& check : column.checks) add_literals(check, literals, numbers);
  std::vector<std::string> values;
  const auto add = [&](const std::string& value) {
    const std::string quoted = quote_literal(value);
    if (values.size() < kMostOthers && std::ranges::find(values, quoted) == values.end())
      values.push_back(quoted);
  };
  for (const std::string& label : column.labels) add(label);
  // Those that belong to other rows come later, for the sake of unique columns.
  std::ranges::rotate(
      literals, literals.begin() +
                    static_cast<std::ptrdiff_t>(literals.empty() ? 0 : (n - 1) % literals.size()));
  for (const std::string& literal : literals) add(literal);
  const auto row = static_cast<long>(n);
  if (column.category == 'N')
    for (const long number : numbers)
      for (const long near : {number + row, number, number - row}) add(std::to_string(near));
  if (column.category == 'N')
    for (const long small : {row, 0L, -row}) add(std::to_string(small));
  if (column.category == 'S') {
    for (const long number : numbers)
      if (number > 0 && number < kLongestText)
        add(text_of_length(n, static_cast<std::size_t>(number)));
    for (const std::string& usual :
         {fmt::format("sample{}@example.com", n), fmt::format("https://example.com/{}", n),
          fmt::format("sample-{}", n), fmt::format("sample{}", n), fmt::format("SAMPLE{}", n),
          fmt::format("1234{}", n), fmt::format("+1555123456{}", n), std::string("en"),
          std::string("EUR"), std::string()})
      add(usual);
  }
  if (column.type == "bool") add(n % 2 == 1 ? "false" : "true");
  if (column.type == "json" || column.type == "jsonb")
    for (const char* json : {"{}", "[]", "\"sample\""}) add(json);
  if (column.is_array) add("{" + std::to_string(n) + "}");
  if (!column.not_null) values.emplace_back("NULL");
  return values;
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

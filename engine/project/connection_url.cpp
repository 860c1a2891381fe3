// The URL form of a connection text, after libpq's conninfo_uri_parse_options.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/project/connection_reader.h"

namespace migrator {
namespace {

constexpr std::string_view encode_hint =
    "percent-encode reserved characters in the user name and the password: @ as %40, : as %3A, "
    "/ as %2F, ? as %3F, # as %23, % as %25, a space as %20";
int hex_digit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      refuse_connection_text("a \"%\" is not followed by two hexadecimal digits", encode_hint);
    if (high == 0 && low == 0) refuse_connection_text("it holds %00", encode_hint);
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

/// Reads a URL left to right; each function takes the stretch that is its own.
class UrlReader {
 public:
  explicit UrlReader(std::string_view text) : text_(text) {}

  ConnectionText read() {
    for (const char c : text_) {
      if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f')
        refuse_connection_text("it holds a blank, a line end or a control character", encode_hint);
      if (c == '#') refuse_connection_text("it holds an unencoded \"#\"", encode_hint);
    }
    const std::size_t begin = text_.find("://") + 3;
    const std::size_t path = std::min(text_.find_first_of("/?", begin), text_.size());
    const std::size_t query = std::min(text_.find('?', path), text_.size());
    // libpq would take such an "@" for a part of the database name and connect elsewhere.
    if (text_.find('@', path) != text_.npos)
      refuse_connection_text(
          "an unencoded \"/\" or \"?\" stands in the user name or the password, or an unencoded "
          "\"@\" after the host",
          encode_hint);
    result_.path_offset = path;
    result_.query_offset = query;
    read_authority(begin, path);
    if (path < query) add("dbname", path + 1, query);
    if (query < text_.size()) read_query(query + 1);
    return std::move(result_);
  }

 private:
  std::string_view stretch(std::size_t begin, std::size_t end) const {
    return text_.substr(begin, end - begin);
  }

  void add(std::string_view key, std::size_t begin, std::size_t end) {
    result_.pieces.push_back({.key = std::string(key),
                              .offset = begin,
                              .length = end - begin,
                              .value = percent_decode(stretch(begin, end))});
  }

  void read_authority(std::size_t begin, std::size_t end) {
    const std::size_t at = stretch(begin, end).find('@');
    if (at == std::string_view::npos) return read_hosts(begin, end);
    const std::size_t user_end = begin + at;
    if (stretch(user_end + 1, end).find('@') != std::string_view::npos)
      refuse_connection_text("an unencoded \"@\" stands in the user name or the password",
                             encode_hint);
    const std::size_t colon = std::min(text_.find(':', begin), user_end);
    add("user", begin, colon);
    if (colon < user_end) add("password", colon + 1, user_end);
    read_hosts(user_end + 1, end);
  }

  void read_hosts(std::size_t begin, std::size_t end) {
    while (true) {
      const std::size_t comma = std::min(text_.find(',', begin), end);
      read_host(begin, comma);
      if (comma == end) return;
      begin = comma + 1;
    }
  }

  void read_host(std::size_t begin, std::size_t end) {
    std::size_t host_end = std::min(text_.find(':', begin), end);
    if (begin < end && text_[begin] == '[') {
      const std::size_t bracket = text_.find(']', begin);
      if (bracket >= end)
        refuse_connection_text("a \"[\" before the host is not closed by \"]\"", encode_hint);
      if (bracket == begin + 1)
        refuse_connection_text("there is no address between \"[\" and \"]\"", encode_hint);
      check_host(begin + 1, bracket, ":.%");
      add("host", begin + 1, bracket);
      host_end = bracket + 1;
    } else {
      check_host(begin, host_end, "._-~%");
      add("host", begin, host_end);
    }
    if (host_end == end) return;
    if (text_[host_end] != ':')
      refuse_connection_text("something stands between the host and its port", encode_hint);
    read_port(host_end + 1, end);
  }

  void check_host(std::size_t begin, std::size_t end, std::string_view others) const {
    for (const char c : stretch(begin, end))
      if (!is_alphanumeric(c) && others.find(c) == others.npos)
        refuse_connection_text(
            "the part that should be the host holds a character that no host has", encode_hint);
  }

  void read_port(std::size_t begin, std::size_t end) {
    const std::string_view port = stretch(begin, end);
    unsigned number = 0;
    for (const char c : port) {
      if (c < '0' || c > '9')
        refuse_connection_text("the part that should be the port is no number", encode_hint);
      number = std::min(number * 10 + static_cast<unsigned>(c - '0'), 100'000U);
    }
    if (!port.empty() && (number == 0 || number > 65'535))
      refuse_connection_text("the part that should be the port is not between 1 and 65535",
                             encode_hint);
    add("port", begin, end);
  }

  void read_query(std::size_t begin) {
    while (begin < text_.size()) {
      const std::size_t end = std::min(text_.find('&', begin), text_.size());
      const std::size_t equals = text_.find('=', begin);
      if (equals >= end) refuse_connection_text("a query parameter has no \"=\"", encode_hint);
      if (text_.find('=', equals + 1) < end)
        refuse_connection_text(
            "the value of a query parameter holds an unencoded \"=\" (write %3D)", encode_hint);
      add_parameter(percent_decode(stretch(begin, equals)), equals + 1, end);
      begin = end + 1;
    }
  }

  void add_parameter(const std::string& key, std::size_t begin, std::size_t end) {
    // libpq takes ssl=true, as JDBC writes it, for sslmode=require.
    const bool is_jdbc_ssl = key == "ssl" && stretch(begin, end) == "true";
    if (!is_connection_keyword(key) && !is_jdbc_ssl) {
      // After a password, the "key" may be the rest of it behind an unencoded "&".
      const bool shown =
          std::ranges::none_of(result_.pieces,
                               [&](const ConnectionPiece& piece) {
                                 return piece.is_secret() && piece.offset > result_.query_offset;
                               }) &&
          std::ranges::all_of(key, [](char c) { return is_alphanumeric(c) || c == '_'; });
      refuse_connection_text(shown ? fmt::format("libpq has no query parameter \"{}\"", key)
                                   : "it has a query parameter that libpq does not have",
                             "remove it, or percent-encode an & in a value as %26");
    }
    add(key, begin, end);
  }

  std::string_view text_;
  ConnectionText result_;
};

}  // namespace

ConnectionText read_connection_url(std::string_view text) {
  return UrlReader(text).read();
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view unreserved = "-._~";
  std::string encoded;
  for (const char c : text) {
    if (is_alphanumeric(c) || unreserved.find(c) != unreserved.npos)
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

}  // namespace migrator

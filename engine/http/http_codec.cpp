#include "engine/http/http_codec.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/base/text.h"

namespace migrator {
namespace {

// What the library tells clients; the Gate keeps to less and more as it sees fit.
constexpr std::size_t kMostRequests = 1'000'000;
constexpr int kBadRequest = 400;
constexpr int kNotAllowed = 405;
constexpr int kInternal = 500;

/// A request that is there as a whole, and a response that is collected.
class TextStream : public httplib::Stream {
 public:
  explicit TextStream(std::string_view request) : rest_(request) {}

  bool is_readable() const override { return !rest_.empty(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t size) override {
    const std::size_t count = std::min(size, rest_.size());
    std::memcpy(to, rest_.data(), count);
    rest_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, std::size_t size) override {
    written_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return 0; }

  std::string& written() { return written_; }

 private:
  std::string_view rest_;
  std::string written_;
};

Request request_of(const httplib::Request& from) {
  Request request{.method = from.method,
                  .path = from.path,
                  .authorization = from.get_header_value("Authorization"),
                  .host = from.get_header_value("Host")};
  for (const auto& [name, value] : from.params) request.query.emplace(name, value);
  return request;
}

bool has_body(std::string_view head) {
  const std::string lower = to_lower_ascii(head);
  return lower.find("\ncontent-length:") != std::string::npos ||
         lower.find("\ntransfer-encoding:") != std::string::npos;
}

}  // namespace

class HttpCodec::Parser : public httplib::Server {
 public:
  explicit Parser(migrator::Handler handler) : handler_(std::move(handler)) {
    set_keep_alive_max_count(kMostRequests);
    set_pre_routing_handler([this](const httplib::Request& from, httplib::Response& to) {
      give(respond(from), to);
      return HandlerResponse::Handled;
    });
  }

  /// The same in the versions of Debian 12 and 13, which differ in what they want to be told.
  bool run(TextStream& stream, bool close, bool& closed) {
    // A few bytes that name many ranges would make a long response of a short one.
    const auto without_ranges = [](httplib::Request& request) { request.ranges.clear(); };
    const auto call = [&](auto& self) {
      if constexpr (requires {
                      self.process_request(stream, "", 0, "", 0, close, closed, without_ranges);
                    })
        return self.process_request(stream, "", 0, "", 0, close, closed, without_ranges);
      else
        return self.process_request(stream, close, closed, without_ranges);
    };
    return call(*this);
  }

 private:
  Response respond(const httplib::Request& from) const {
    if (from.method != "GET" && from.method != "HEAD")
      return {.status = kNotAllowed,
              .body = "only GET and HEAD\n",
              .headers = {{"Allow", "GET, HEAD"}}};
    if (from.has_header("Content-Length") || from.has_header("Transfer-Encoding"))
      return {.status = kBadRequest, .body = "no request here has a body\n"};
    try {
      return handler_(request_of(from));
    } catch (const std::exception&) {
      return {.status = kInternal, .body = "internal error\n"};
    }
  }

  static void give(const Response& from, httplib::Response& to) {
    to.status = from.status;
    for (const auto& [name, value] : from.headers) to.set_header(name.c_str(), value.c_str());
    to.set_content(from.body, from.type.c_str());
  }

  migrator::Handler handler_;
};

HttpCodec::HttpCodec(Handler handler) : parser_(std::make_unique<Parser>(std::move(handler))) {}
HttpCodec::~HttpCodec() = default;

HttpCodec::Reply HttpCodec::answer(std::string_view head) const {
  TextStream stream(head);
  const bool close = has_body(head);
  bool closed = false;
  const bool good = parser_->run(stream, close, closed);
  return {.bytes = std::move(stream.written()), .keep = good && !close && !closed};
}

}  // namespace migrator

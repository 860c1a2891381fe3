// One HTTP request as text in, its response as text out; the door to cpp-httplib, which reads the
// one and writes the other. Sockets, time limits and threads are the Gate's (engine/http/gate). Any
// number of threads may use one at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/http/message.h"

namespace migrator {

/// Called for GET and HEAD alone; any thread. What it throws becomes a 500 without a word.
using Handler = std::function<Response(const Request&)>;

class HttpCodec {
 public:
  explicit HttpCodec(Handler handler);
  ~HttpCodec();
  HttpCodec(const HttpCodec&) = delete;
  HttpCodec& operator=(const HttpCodec&) = delete;

  struct Reply {
    std::string bytes;
    bool keep = false;  ///< the connection may be used again
  };

  /// `head` is a request up to its empty line. One that has a body is refused, and the connection
  /// is over then: nobody can be sure where the next request begins.
  Reply answer(std::string_view head) const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace migrator

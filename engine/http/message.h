// A request and its response as plain values: what the routes see of HTTP. No socket, no library.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace migrator {

struct Request {
  std::string method;  ///< "GET"
  std::string path;    ///< without the query, decoded
  std::map<std::string, std::string> query = {};
  std::string authorization = {};
  std::string host = {};
};

struct Response {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

}  // namespace migrator

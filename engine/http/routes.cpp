#include "engine/http/routes.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/http/status_page.h"
#include "engine/report/to_json.h"

namespace migrator {
namespace {

constexpr std::size_t kLongestSql = 1024 * 1024;

constexpr auto kPaths = std::to_array<std::string_view>(
    {"/", "/livez", "/readyz", "/startupz", "/healthz", "/status", "/metrics", "/sql"});

constexpr auto kProbes =
    std::to_array<std::string_view>({"/livez", "/readyz", "/startupz", "/healthz"});

bool is_one_of(std::string_view path, std::span<const std::string_view> paths) {
  return std::ranges::find(paths, path) != paths.end();
}

/// What every response says to a browser: nothing of it may be kept, framed, guessed at or run.
void secure(Response& response) {
  auto& headers = response.headers;
  headers.emplace_back("Cache-Control", "no-store");
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("X-Frame-Options", "DENY");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  const bool has_policy = std::ranges::any_of(
      headers, [](const auto& header) { return header.first == "Content-Security-Policy"; });
  if (!has_policy)
    headers.emplace_back("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
}

}  // namespace

Routes::Routes(Lookout& lookout, RoutesOptions options)
    : lookout_(lookout), options_(std::move(options)) {}

Response Routes::answer(const Request& request) {
  Response response = route(request);
  secure(response);
  count(request, response);
  return response;
}

Response Routes::route(const Request& request) {
  if (is_one_of(request.path, kProbes)) return probe(request);
  if (auto refused = refusal(request, options_.access)) return std::move(*refused);
  if (request.path == "/")
    return lookout_.with_view([&](const Lookout::View& view) {
      return status_page(view.sight, view.ready, request.query.contains("all"));
    });
  if (request.path == "/status")
    return lookout_.with_view([](const Lookout::View& view) {
      return Response{.type = "application/json", .body = to_json(view.sight, view.ready)};
    });
  if (request.path == "/metrics") return metrics();
  if (request.path == "/sql") return sql(request);
  std::string body = "not found; there are";
  for (const std::string_view path : kPaths) body.append(" ").append(path);
  return {.status = 404, .body = body + "\n"};
}

Response Routes::probe(const Request& request) {
  const std::string name = request.path.substr(1);
  if (request.path == "/livez") return {.body = "ok\n"};
  const bool verbose = request.query.contains("verbose");
  return lookout_.with_view([&](const Lookout::View& view) {
    const HealthChecks& checks = request.path == "/startupz" ? view.startup : view.ready;
    return Response{.status = is_good(checks) ? 200 : 503,
                    .body = verbose ? to_text(checks, name) : reasons_text(checks)};
  });
}

Response Routes::metrics() {
  RequestCounts counts;
  {
    const std::lock_guard lock(mutex_);
    counts = counts_;
  }
  return lookout_.with_view([&](const Lookout::View& view) {
    return Response{.type = "text/plain; version=0.0.4; charset=utf-8",
                    .body = to_prometheus({.sight = view.sight,
                                           .is_ready = is_good(view.ready),
                                           .looks = view.times,
                                           .requests = counts})};
  });
}

/// The file as it is on disk: only those that the status names can be asked for.
Response Routes::sql(const Request& request) {
  const auto id = request.query.find("id");
  std::string file;
  if (id != request.query.end())
    file = lookout_.with_view([&](const Lookout::View& view) {
      const auto line = std::ranges::find(view.sight.status.lines, id->second, &StatusLine::id);
      return line == view.sight.status.lines.end() ? std::string() : line->file;
    });
  if (file.empty()) return {.status = 404, .body = "there is no file of that id: /sql?id=ID\n"};
  try {
    const auto text = read_file(std::filesystem::path(options_.working_folder) / file, kLongestSql);
    if (text) return {.body = *text};
    return {.status = 413, .body = "the file is larger than a megabyte\n"};
  } catch (const Error&) {
    return {.status = 404, .body = "the file cannot be read\n"};
  }
}

void Routes::count(const Request& request, const Response& response) {
  const std::string path = is_one_of(request.path, kPaths) ? request.path : "other";
  const std::lock_guard lock(mutex_);
  ++counts_[{path, response.status}];
}

}  // namespace migrator

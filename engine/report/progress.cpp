#include "engine/report/progress.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

std::string whole_seconds(std::chrono::milliseconds elapsed) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(elapsed);
  return seconds < std::chrono::minutes(1) ? fmt::format("{} s", seconds.count())
                                           : duration_text(seconds);
}

std::string percent(double share) {
  return fmt::format("{:.0f} %", share * 100);
}

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

/// At the rate so far. Where it hardly began, that tells nothing.
std::string rate_text(const StatementProgress& progress) {
  const auto seconds = std::chrono::duration<double>(progress.elapsed).count();
  const auto sent = static_cast<double>(progress.bytes_sent);
  if (seconds < 1 || progress.bytes_sent == 0) return {};
  const double left = static_cast<double>(progress.bytes_total) - sent;
  std::string text = fmt::format(", {:.1f} MB/s", sent / seconds / 1e6);
  if (left > 0)
    text += fmt::format(", {} left", whole_seconds(std::chrono::milliseconds(
                                         static_cast<std::int64_t>(left / sent * seconds * 1000))));
  return text;
}

std::string data_text(const StatementProgress& progress) {
  std::string text =
      fmt::format("{} of {} ({})", megabytes(progress.bytes_sent), megabytes(progress.bytes_total),
                  percent(static_cast<double>(progress.bytes_sent) /
                          static_cast<double>(progress.bytes_total)));
  if (progress.rows > 0) text += fmt::format(", {} rows", progress.rows);
  return text + rate_text(progress);
}

std::string_view verb_of(const OtherSession& session) {
  return session.state.empty() || session.state == "active" ? "running" : "last";
}

}  // namespace

std::string describe(const OtherSession& session) {
  // A prepared transaction has no process.
  std::string text = session.pid == 0 ? session.state : fmt::format("process {}", session.pid);
  if (!session.application_name.empty()) text += fmt::format(" ({})", session.application_name);
  if (!session.user.empty()) text += " of user " + session.user;
  if (session.client == "local")
    text += ", on the server's host";
  else if (!session.client.empty())
    text += ", from " + session.client;
  if (session.state.starts_with("idle in transaction")) text += ", " + session.state;
  if (!session.lock.empty()) text += ", has " + session.lock;
  if (session.transaction_age)
    text += ", its transaction is " + whole_seconds(*session.transaction_age) + " old";
  else if (!session.since.empty())
    text += ", since " + session.since;
  if (!session.statement.empty())
    text += fmt::format(", {}: {}", verb_of(session), session.statement);
  return text;
}

std::string blockers_text(const std::vector<OtherSession>& blockers) {
  constexpr std::size_t kMost = 5;  // in a storm of locks the nearest tell enough
  std::string text;
  for (std::size_t i = 0; i < blockers.size(); ++i) {
    if (i == kMost) return text + fmt::format("\nand {} more", blockers.size() - kMost);
    const OtherSession& session = blockers[i];
    text += text.empty() ? "" : "\n";
    text += session.blocks == 0 ? "blocked by " : fmt::format("{} by ", session.blocks);
    text += describe(session);
  }
  return text;
}

std::string to_text(const Retry& retry) {
  std::string text = retry.file;
  if (retry.line > 0) text += fmt::format(":{}", retry.line);
  text += fmt::format(": {}; {}try {} of {} in {:.1f} s", retry.message,
                      retry.rolled_back ? "rolled back, " : "", retry.next_try, retry.tries,
                      std::chrono::duration<double>(retry.pause).count());
  const std::string blockers = blockers_text(retry.blockers);
  for (const std::string_view line : split_lines(blockers)) text.append("\n  ").append(line);
  return text;
}

std::string to_text(const StatementProgress& progress) {
  std::string text = progress.file;
  if (progress.line > 0) text += fmt::format(":{}", progress.line);
  text += fmt::format(": {}", whole_seconds(progress.elapsed));
  if (!progress.blockers.empty()) {
    text += ", waits for " + describe(progress.blockers.front());
    if (progress.blockers.size() > 1)
      text += fmt::format(" (and {} more)", progress.blockers.size() - 1);
    return text;
  }
  if (progress.bytes_total > 0) return text + ", " + data_text(progress);
  text += ", " + (progress.phase.empty() ? progress.what : progress.phase);
  if (progress.share) text += ", " + percent(*progress.share);
  return text;
}

}  // namespace migrator

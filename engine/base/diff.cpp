#include "engine/base/diff.h"

#include <algorithm>
#include <set>
#include <vector>

#include "engine/base/text.h"

namespace migrator {
namespace {

// Myers' greedy algorithm: the shortest edit script is found in rounds of one edit more each; the
// furthest points of each round are kept to walk the way back. Its cost grows with the square of
// the edits, so beyond kMostEdits the middle that differs is shown as replaced.
constexpr std::size_t kMostEdits = 1500;

using Lines = std::vector<std::string_view>;

enum class Change { same, removed, added };

struct Row {
  Change change;
  std::size_t before;  ///< index into the lines before: of this line, or of the next one there
  std::size_t after;
};

/// Lines without "\n" but with their "\r", so that a change of line ends shows.
Lines lines_with_returns(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// The differing middle [from, to) of both sides, as rows in order.
struct Middle {
  const Lines& before;
  const Lines& after;
  std::size_t from;
  std::size_t before_to;
  std::size_t after_to;
};

std::vector<Row> replaced(const Middle& middle) {
  std::vector<Row> rows;
  for (std::size_t i = middle.from; i < middle.before_to; ++i) {
    rows.push_back({Change::removed, i, middle.from});
  }
  for (std::size_t j = middle.from; j < middle.after_to; ++j) {
    rows.push_back({Change::added, middle.before_to, j});
  }
  return rows;
}

std::vector<Row> walk_back(const Middle& middle, const std::vector<std::vector<int>>& rounds) {
  std::vector<Row> rows;
  int x = static_cast<int>(middle.before_to - middle.from);
  int y = static_cast<int>(middle.after_to - middle.from);
  const auto row = [&](Change change) {
    rows.push_back({change, middle.from + static_cast<std::size_t>(x),
                    middle.from + static_cast<std::size_t>(y)});
  };
  for (int d = static_cast<int>(rounds.size()); d-- > 0;) {
    const int k = x - y;
    int from_x = 0;
    int from_y = 0;
    bool down = false;
    if (d > 0) {
      // Round d - 1 holds the diagonals -(d-1) .. d-1.
      const std::vector<int>& reached = rounds[static_cast<std::size_t>(d) - 1];
      const auto at = [&](int diagonal) {
        const int index = diagonal + d - 1;
        const bool inside = index >= 0 && index < static_cast<int>(reached.size());
        return inside ? reached[static_cast<std::size_t>(index)] : -1;
      };
      down = k == -d || (k != d && at(k - 1) < at(k + 1));
      from_x = down ? at(k + 1) : at(k - 1);
      from_y = from_x - (down ? k + 1 : k - 1);
    }
    const int start_x = d == 0 ? 0 : (down ? from_x : from_x + 1);
    while (x > start_x) {
      --x;
      --y;
      row(Change::same);
    }
    if (d == 0) break;
    x = from_x;
    y = from_y;
    row(down ? Change::added : Change::removed);
  }
  std::reverse(rows.begin(), rows.end());
  return rows;
}

std::vector<Row> shortest_edit(const Middle& middle) {
  const int n = static_cast<int>(middle.before_to - middle.from);
  const int m = static_cast<int>(middle.after_to - middle.from);
  const auto same = [&](int x, int y) {
    return middle.before[middle.from + static_cast<std::size_t>(x)] ==
           middle.after[middle.from + static_cast<std::size_t>(y)];
  };
  const int most = static_cast<int>(
      std::min(kMostEdits, static_cast<std::size_t>(n) + static_cast<std::size_t>(m)));
  std::vector<std::vector<int>> rounds;
  for (int d = 0; d <= most; ++d) {
    std::vector<int> reached(static_cast<std::size_t>(2 * d + 1), -1);
    for (int k = -d; k <= d; k += 2) {
      const auto at = [&](int diagonal) {
        const int index = diagonal + d - 1;
        const bool inside = d > 0 && index >= 0 && index < 2 * d - 1;
        return inside ? rounds.back()[static_cast<std::size_t>(index)] : -1;
      };
      int x = 0;
      if (d > 0) {
        const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
        x = down ? at(k + 1) : at(k - 1) + 1;
      }
      int y = x - k;
      while (x < n && y < m && same(x, y)) {
        ++x;
        ++y;
      }
      reached[static_cast<std::size_t>(k + d)] = x;
      if (x == n && y == m) {
        rounds.push_back(std::move(reached));
        return walk_back(middle, rounds);
      }
    }
    rounds.push_back(std::move(reached));
  }
  return replaced(middle);
}

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The changed lines of one side whose text stands on the other side with another line end.
std::set<std::string_view> ends_only(const std::vector<Row>& rows, const Lines& before,
                                     const Lines& after) {
  std::set<std::string_view> removed;
  std::set<std::string_view> result;
  for (const Row& row : rows) {
    if (row.change == Change::removed) removed.insert(without_return(before[row.before]));
  }
  for (const Row& row : rows) {
    if (row.change != Change::added) continue;
    const std::string_view line = without_return(after[row.after]);
    if (removed.contains(line)) result.insert(line);
  }
  return result;
}

std::string range(std::size_t first, std::size_t count) {
  // An empty range names the line before it, as diff -u does.
  const std::size_t line = count == 0 ? first : first + 1;
  return std::to_string(line) + "," + std::to_string(count);
}

}  // namespace

std::string unified_diff(std::string_view before_text, std::string_view before_name,
                         std::string_view after_text, std::string_view after_name,
                         std::size_t context, std::size_t limit) {
  const Lines before = lines_with_returns(before_text);
  const Lines after = lines_with_returns(after_text);
  if (before == after) return {};

  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t head = 0;
  while (head < shorter && before[head] == after[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
    ++tail;
  }

  std::vector<Row> rows;
  const std::size_t lead = std::min(head, context);
  for (std::size_t i = head - lead; i < head; ++i) rows.push_back({Change::same, i, i});
  const std::vector<Row> changes =
      shortest_edit({before, after, head, before.size() - tail, after.size() - tail});
  rows.insert(rows.end(), changes.begin(), changes.end());
  for (std::size_t i = 0; i < std::min(tail, context); ++i) {
    rows.push_back({Change::same, before.size() - tail + i, after.size() - tail + i});
  }

  const std::set<std::string_view> visible = ends_only(rows, before, after);
  std::vector<std::string> output;
  output.push_back("--- " + std::string(before_name));
  output.push_back("+++ " + std::string(after_name));
  for (std::size_t i = 0; i < rows.size();) {
    // A hunk: from `context` lines before a change until more than twice that many stay the same.
    while (i < rows.size() && rows[i].change == Change::same) ++i;
    if (i == rows.size()) break;
    const std::size_t first = i - std::min(context, i);
    std::size_t last_change = i;
    for (std::size_t j = i; j < rows.size() && j - last_change <= 2 * context + 1; ++j) {
      if (rows[j].change != Change::same) last_change = j;
    }
    const std::size_t end = std::min(rows.size(), last_change + 1 + context);
    std::size_t removed = 0;
    std::size_t added = 0;
    for (std::size_t j = first; j < end; ++j) {
      removed += rows[j].change != Change::added ? 1U : 0U;
      added += rows[j].change != Change::removed ? 1U : 0U;
    }
    output.push_back("@@ -" + range(rows[first].before, removed) + " +" +
                     range(rows[first].after, added) + " @@");
    for (std::size_t j = first; j < end; ++j) {
      const bool is_added = rows[j].change == Change::added;
      const std::string_view full = is_added ? after[rows[j].after] : before[rows[j].before];
      const std::string_view line = without_return(full);
      std::string shown(1, is_added ? '+' : rows[j].change == Change::removed ? '-' : ' ');
      shown += line;
      if (rows[j].change != Change::same && full.size() != line.size() && visible.contains(line)) {
        shown += "\\r";
      }
      output.push_back(std::move(shown));
    }
    i = end;
  }

  std::string result;
  for (std::size_t i = 0; i < std::min(limit, output.size()); ++i) result += output[i] + "\n";
  if (output.size() > limit) {
    result += "... " + counted(output.size() - limit, "more line") + "\n";
  }
  return result;
}

}  // namespace migrator

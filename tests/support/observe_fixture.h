// What a test of `check --observe` needs: a project whose first file makes some tables, and its new
// files run on a database of their own.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "engine/run/look.h"
#include "tests/support/run_fixture.h"

namespace migrator {

class Observe : public RunFixture {
 protected:
  Observe();

  /// Runs 2_new.sql (and others from 2 on) as one deployment on top of 1_base.sql.
  CheckReport check(std::string_view sql, LintOptions lint = {});
  CheckReport check_all(std::set<std::string> added, LintOptions lint = {});
  CheckReport check_in(const TestDatabase& scratch, CheckOptions options);

  /// What the n-th statement did, in words.
  static std::string seen(const CheckReport& report, std::size_t n = 0);
  static const Finding* finding(const CheckReport& report, std::string_view id);

 private:
  Project project_;
};

}  // namespace migrator

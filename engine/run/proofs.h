// What trials on scratch databases prove of a project's files: that they run from scratch, that a
// second run finds nothing to do, and that each down part takes back what its up part did. Compares
// catalogs, not rows.
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/run/scratch_run.h"

namespace migrator {

/// Where scratch databases are made, and how they are worked on; references outlive the call.
struct Bench {
  const DatabaseUrl& server;
  const ConnectOptions& connect;
  const HistoryTable& table;
  const RunOptions& run;
  ScratchKind kind = ScratchKind::own_server;
  std::stop_token stop = {};
  ScratchRoles roles = {};  ///< those that the project makes
};

struct Proof {
  std::string sentence = {};  ///< what was found true; empty: it was not
  std::vector<Finding> findings = {};
};

/// All migrations and seeds from scratch, then again. What is meant to run each time has to run a
/// second time, and leave the same objects.
Proof prove_from_scratch(const Bench& bench, const Project& project);

/// Each migration that has a down part, in order: up, down, up. Repeatables and seeds are left out.
/// `ignored`: patterns of engine/plan/catalog.h.
Proof prove_downs(const Bench& bench, const Project& project, std::span<const std::string> ignored);

}  // namespace migrator

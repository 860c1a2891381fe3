// One look at the database beside the files: history, comparison, and the applied texts of what
// changed. The pointers inside look into the Project and into the reading itself: keep both.
#pragma once

#include "engine/pg/history_table.h"
#include "engine/plan/comparison.h"
#include "engine/plan/differences.h"

namespace migrator {

class Reading {
 public:
  /// Reads; one query when nothing changed.
  Reading(Connection& connection, const HistoryTable& table, const Project& project);
  /// Of what was read just now.
  Reading(Connection& connection, const HistoryTable& table, const Project& project,
          HistoryReading read);
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  const History& history() const { return read_.history; }
  const ServerFacts& server() const { return read_.server; }
  const Comparison& comparison() const { return comparison_; }
  const AppliedTexts& texts() const { return texts_; }

  /// Throws Error(connection, "read-only") when the server takes no writes.
  void require_writable() const;

 private:
  HistoryReading read_;
  Comparison comparison_;
  AppliedTexts texts_;
};

}  // namespace migrator

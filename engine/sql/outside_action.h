// What a statement does that cannot run in a transaction, as far as the catalog can be asked about
// it afterwards: was it done, not done, or left broken? Facts of the text only; asking is
// engine/pg.
#pragma once

#include "engine/sql/object_name.h"

namespace migrator {

enum class OutsideKind {
  create_index,       ///< CREATE INDEX CONCURRENTLY object ON table; object may be unnamed
  drop_index,         ///< DROP INDEX CONCURRENTLY object
  reindex_index,      ///< REINDEX INDEX CONCURRENTLY object
  reindex_table,      ///< REINDEX TABLE CONCURRENTLY object
  reindex_all,        ///< REINDEX SCHEMA object, DATABASE, SYSTEM; concurrently or not
  detach_partition,   ///< ALTER TABLE table DETACH PARTITION object CONCURRENTLY
  create_database,    ///< object.name
  drop_database,      ///< object.name
  create_tablespace,  ///< object.name
  drop_tablespace,    ///< object.name
  end_prepared,       ///< COMMIT PREPARED or ROLLBACK PREPARED; object.name is the identifier
  repeatable,         ///< doing it again does no harm: VACUUM, CLUSTER, ALTER SYSTEM, DISCARD ALL
  unknown,            ///< the catalog has no answer: subscriptions, DO and CALL with COMMIT
};

struct OutsideAction {
  OutsideKind kind = OutsideKind::unknown;
  ObjectName object = {};
  ObjectName table = {};
  bool tolerant = false;  ///< IF EXISTS or IF NOT EXISTS

  bool operator==(const OutsideAction&) const = default;
};

}  // namespace migrator

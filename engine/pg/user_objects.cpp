#include "engine/pg/user_objects.h"

namespace migrator {

std::vector<std::string> some_user_objects(Connection& connection,
                                           const std::string& left_out_schema,
                                           const std::string& left_out_table) {
  const std::vector<Field> parameters{left_out_schema, left_out_table};
  const auto rows = connection.query(R"(
WITH objects AS (
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS class, oid, relnamespace AS namespace,
         relname AS name,
         CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view'
           WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
           ELSE 'type' END AS kind
  FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
  UNION ALL
  SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, oid, pronamespace, proname, 'function'
  FROM pg_catalog.pg_proc
  UNION ALL
  SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, oid, typnamespace, typname, 'type'
  FROM pg_catalog.pg_type WHERE typtype IN ('e', 'd', 'r')
)
SELECT pg_catalog.format('%s %I.%I', o.kind, n.nspname, o.name)
FROM objects o JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
  AND NOT (n.nspname = $1 AND o.name = $2)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = o.class AND d.objid = o.oid
                  AND d.deptype = 'e')
ORDER BY o.kind <> 'table', o.kind COLLATE pg_catalog."C", n.nspname COLLATE pg_catalog."C",
         o.name COLLATE pg_catalog."C"
LIMIT 5)",
                                     parameters);
  std::vector<std::string> objects;
  for (const Row& row : rows) objects.push_back(row.at(0).value_or(""));
  return objects;
}

}  // namespace migrator

#include "engine/sql/tree_reading.h"

#include <string>

#include "engine/sql/words.h"

namespace migrator {

ObjectName name_of(TreeNode range_var) {
  return {.schema = std::string(range_var["schemaname"].text()),
          .name = std::string(range_var["relname"].text())};
}

ObjectName name_in(TreeNode list, std::size_t behind) {
  ObjectName name;
  std::size_t left = list.size();
  for (const TreeNode part : list) {
    if (left-- <= behind) break;
    name.schema = std::move(name.name);
    name.name = part["String"]["sval"].text();
  }
  return name;
}

TreeNode find_option(TreeNode options, std::string_view name) {
  for (const TreeNode option : options) {
    const TreeNode element = option["DefElem"];
    if (is_keyword(element["defname"].text(), name)) return element;
  }
  return {};
}

bool is_on(TreeNode option) {
  if (!option) return false;
  const TreeNode arg = option["arg"];
  if (!arg) return true;
  if (const TreeNode integer = arg["Integer"]) return integer["ival"].number() != 0;
  if (const TreeNode boolean = arg["Boolean"]) return boolean["boolval"].is_true();
  std::string_view value = arg["String"]["sval"].text();
  // off, being no reserved word, comes as the name of a type.
  if (const TreeNode names = arg["TypeName"]["names"])
    value = names.last()["String"]["sval"].text();
  return !is_keyword(value, "false") && !is_keyword(value, "off");
}

}  // namespace migrator

// ${NAME} in a file of data whose options ask for it: the value of the variable, quoted as the
// file's format wants it there. $${NAME} stands for ${NAME} itself.
#pragma once

#include <string>
#include <vector>

#include "engine/base/content.h"
#include "engine/base/finding.h"
#include "engine/project/data_seed_script.h"
#include "engine/sql/script_variables.h"

namespace migrator {

struct ReplacedText {
  Content text;               ///< with the values
  ScriptVariables used = {};  ///< those that it mentions
};

/// A variable that is not set is a finding, with its line.
ReplacedText with_variables(const Content& text, DataFormat format, const ScriptVariables& variables,
                       const std::string& shown, std::vector<Finding>& findings);

}  // namespace migrator

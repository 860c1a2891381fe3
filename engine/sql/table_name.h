// The names of tables as files and commands give them: text that the server reads as it reads names
// in SQL, where capital letters and blanks need quotes. Whether there is such a table is not known
// here.
#pragma once

#include <string>
#include <string_view>

namespace migrator {

/// Whether the server can read it: users, auth.users, "My Users".
bool is_table_name(std::string_view text);

/// The same letter by letter: auth."My Users" for auth.My Users, "Users" for Users. What is in
/// quotes already stays as it is.
std::string table_name_in_quotes(std::string_view text);

}  // namespace migrator

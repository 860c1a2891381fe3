// The value of --url may hold a password, that of --set another secret, and a process's arguments
// can be read by every user of the machine: it is overwritten where the system shows it.
#pragma once

namespace migrator {

/// Overwrites the value of every --url, that of the variable of every --set, and every word that
/// may be a URL, in place with "*". Copy the arguments before.
void hide_secrets(int count, char** values);

}  // namespace migrator

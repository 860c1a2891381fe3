#include "cmd/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

namespace migrator {

void occupy_standard_streams() {
  // The lowest free number is the one that open() gives.
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
    if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) _exit(2);
}

}  // namespace migrator

#include "cmd/draft_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "engine/base/error.h"

namespace migrator {

void throw_unwritable(const std::string& file) {
  throw Error(ErrorKind::configuration,
              {.id = "output-unwritable",
               .message = fmt::format("{} could not be written: {}", file,
                                      std::generic_category().message(errno)),
               .next = "look at the folder and the disk"});
}

DraftFile::DraftFile(std::string name) : name_(std::move(name)), draft_(name_ + ".part") {
  file_.open(draft_, std::ios::binary | std::ios::trunc);
  if (!file_) throw_unwritable(draft_);
}

DraftFile::~DraftFile() {
  std::error_code ignored;
  if (!draft_.empty()) std::filesystem::remove(draft_, ignored);
}

void DraftFile::add(std::string_view bytes) {
  if (!file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    throw_unwritable(draft_);
}

void DraftFile::keep() {
  file_.close();
  if (!file_) throw_unwritable(draft_);
  if (std::rename(draft_.c_str(), name_.c_str()) != 0) throw_unwritable(name_);
  draft_.clear();
}

}  // namespace migrator

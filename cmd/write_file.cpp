#include "cmd/write_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "engine/base/error.h"

namespace migrator {
namespace {

[[noreturn]] void throw_unwritable(const std::string& file) {
  throw Error(ErrorKind::configuration,
              {.id = "output-unwritable",
               .message = fmt::format("{} could not be written: {}", file,
                                      std::generic_category().message(errno)),
               .next = "look at the folder and the disk"});
}

}  // namespace

NewFile::NewFile(std::string name) : name_(std::move(name)) {
  // A pipe or a terminal is written to as it stands.
  std::error_code ignored;
  const bool is_file = std::filesystem::is_regular_file(name_, ignored);
  if (is_file || !std::filesystem::exists(name_, ignored)) draft_ = name_ + ".part";
  const std::string& written = draft_.empty() ? name_ : draft_;
  file_.open(written, std::ios::binary | std::ios::trunc);
  if (!file_) throw_unwritable(name_);
}

NewFile::~NewFile() {
  std::error_code ignored;
  if (!draft_.empty()) std::filesystem::remove(draft_, ignored);
}

void NewFile::add(std::string_view bytes) {
  if (!file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    throw_unwritable(name_);
}

void NewFile::keep() {
  file_.close();
  if (!file_) throw_unwritable(name_);
  if (draft_.empty()) return;
  if (std::rename(draft_.c_str(), name_.c_str()) != 0) throw_unwritable(name_);
  draft_.clear();
}

void write_new(const std::string& name, std::string_view text) {
  NewFile file(name);
  file.add(text);
  file.keep();
}

}  // namespace migrator

#include "cmd/new_files.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/project/project.h"

namespace migrator {
namespace {

Version next_version(const Project& project, std::chrono::system_clock::time_point now) {
  Version newest;
  for (const Migration& migration : project.migrations)
    newest = std::max(newest, migration.version);
  // Several made at once get the seconds that follow, so that each version is a time.
  constexpr std::chrono::seconds furthest = std::chrono::minutes(1);
  for (std::chrono::seconds ahead{0}; ahead < furthest; ++ahead) {
    const std::time_t time = std::chrono::system_clock::to_time_t(now + ahead);
    const auto version = parse_version(fmt::format("{:%Y%m%d%H%M%S}", fmt::gmtime(time)));
    if (version > newest) return *version;
  }
  return Version{newest.number + 1};
}

struct NewFile {
  std::string name;
  std::string text;
};

std::vector<NewFile> files_of(NewFileForm form, const std::string& name, Version version) {
  const std::string stem = fmt::format("{}_{}", to_string(version), name);
  switch (form) {
    case NewFileForm::single:
      return {{stem + ".sql", "-- migrate:up\n\n\n-- migrate:down\n\n"}};
    case NewFileForm::pair:
      return {{stem + ".up.sql", ""}, {stem + ".down.sql", ""}};
    case NewFileForm::repeatable:
      return {{"R__" + name + ".sql", ""}};
  }
  return {};
}

}  // namespace

std::string file_name_of(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool part_of_a_letter = byte >= 0x80;  // UTF-8
    if (part_of_a_letter || std::isalnum(byte) != 0)
      result += static_cast<char>(std::tolower(byte));
    else if (!result.empty() && !result.ends_with('_'))
      result += '_';
  }
  while (result.ends_with('_')) result.pop_back();
  return result;
}

std::vector<std::string> make_migration_files(const Config& config, std::string_view name,
                                              NewFileForm form,
                                              std::chrono::system_clock::time_point now) {
  const std::string fit = file_name_of(name);
  if (fit.empty())
    throw Error(ErrorKind::usage, {.id = "usage",
                                   .message = "a migration's name needs letters or digits",
                                   .next = "migrator new add_likes"});
  const std::filesystem::path& folder = config.migrations.value;
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  Project project;
  load_migrations(folders_of(config), project);
  std::vector<std::string> shown;
  for (const NewFile& file : files_of(form, fit, next_version(project, now))) {
    write_new_file(folder / file.name, file.text);
    const auto relative = (folder / file.name).lexically_proximate(config.working_folder).string();
    shown.push_back(relative.starts_with("..") ? (folder / file.name).string() : relative);
  }
  return shown;
}

}  // namespace migrator

#include "engine/project/data_seed.h"

#include <gtest/gtest.h>

#include "engine/project/csv_header.h"
#include "engine/sql/command_reader.h"

namespace migrator {
namespace {

using Names = std::vector<std::string>;

TEST(DataFileName, NamesItsTable) {
  EXPECT_EQ(read_data_file_name("users.csv")->table, "users");
  EXPECT_EQ(read_data_file_name("10_users.csv")->table, "users");
  EXPECT_EQ(read_data_file_name("auth.users.tsv")->table, "auth.users");
  EXPECT_EQ(read_data_file_name("auth.users.tsv")->format, DataFormat::tsv);
  EXPECT_EQ(read_data_file_name("users.jsonl")->format, DataFormat::json_lines);
  EXPECT_EQ(read_data_file_name("2.csv")->table, "2");
  EXPECT_FALSE(read_data_file_name("users.sql"));
  EXPECT_EQ(read_data_file_name("3_users.json.gz")->format, DataFormat::json);
  EXPECT_EQ(read_data_file_name("3_users.json.gz")->table, "users");
  EXPECT_TRUE(read_data_file_name("3_users.json.gz")->is_gzipped);
  EXPECT_FALSE(read_data_file_name("users.sql.gz"));
  EXPECT_FALSE(read_data_file_name(".csv"));
}

TEST(CsvHeader, IsReadAsTheServerReadsIt) {
  EXPECT_EQ(*read_csv_header("a,b\r\n1,2\r\n", ','), (Names{"a", "b"}));
  EXPECT_EQ(*read_csv_header("a", ','), (Names{"a"}));
  EXPECT_EQ(*read_csv_header("\"a,\"\"b\"\"\n\",c\n", ','), (Names{"a,\"b\"\n", "c"}));
  EXPECT_EQ(*read_csv_header("a\tb,c", '\t'), (Names{"a", "b,c"}));
  EXPECT_FALSE(read_csv_header("\"a\n1\n", ','));
}

std::string complaint_of(std::string text) {
  std::vector<Finding> findings;
  const auto part = make_data_seed("t", "seeds/t.csv", {.text = std::move(text)}, {}, findings);
  EXPECT_EQ(part.has_value(), findings.empty());
  return findings.empty() ? "" : findings[0].message;
}

TEST(DataSeed, ComplainsOfItsHeader) {
  EXPECT_EQ(complaint_of("a,b\n1,2\n"), "");
  EXPECT_EQ(complaint_of(""), "seeds/t.csv is empty");
  EXPECT_EQ(complaint_of("a,,b\n"), "a column of the header has no name");
  EXPECT_EQ(complaint_of("a,a\n"), "the header names the column a twice");
  EXPECT_EQ(complaint_of("\"a\n"), "a quote of the header is not closed");
  EXPECT_EQ(complaint_of("\"a\nb\"\n"), "the name of a column goes over several lines");
}

TEST(DataSeed, IsAPartWhoseDataIsTheFile) {
  std::vector<Finding> findings;
  const auto part = make_data_seed("$migrator$", "seeds/t.csv", {.text = Content("a,b@u.c\n1,2\n")},
                                   {}, findings);
  ASSERT_TRUE(part);
  EXPECT_TRUE(part->is_generated());
  EXPECT_EQ(part->statement_count, 4U);
  CommandReader reader(*part);
  std::size_t copies = 0;
  while (const auto command = reader.next()) {
    EXPECT_EQ(place_of(*part, *command).line, 0U);
    if (command->kind != CommandKind::copy) continue;
    ++copies;
    EXPECT_EQ(data_of(*part, *command), "a,b@u.c\n1,2\n");
    EXPECT_EQ(part->source(command->data_text).file, "seeds/t.csv");
  }
  EXPECT_EQ(copies, 1U);
}

TEST(DataSeed, ItsChecksumIsPinned) {
  SeedOptions options;
  EXPECT_EQ(options.canonical(),
            "mode upsert\nkey {}\nkeep {}\nnull \nfilter ''\ntriggers true\ndelete_share 0.2\n");
  EXPECT_EQ(checksums_of_data("a\n1\n", options).bytes, sha256(options.canonical() + "a\n1\n"));
  options.key = {"a", "b\"c"};
  options.null = "-";
  options.filter = "n = 'x' or true";
  EXPECT_EQ(options.canonical(),
            "mode upsert\nkey {\"a\",\"b\\\"c\"}\nkeep {}\nnull '-'\nfilter 'n = ''x'' or true'\n"
            "triggers true\ndelete_share 0.2\n");
}

TEST(DataSeed, ChangesWithItsRowsAndItsOptions) {
  const Content text("a\n1\n");
  SeedOptions options;
  const Checksums one = checksums_of_data(text, options);
  EXPECT_EQ(one, checksums_of_data(text, options));
  EXPECT_NE(one, checksums_of_data("a\n2\n", options));
  options.mode = SeedMode::sync;
  EXPECT_NE(one, checksums_of_data(text, options));
}

TEST(SeedOptions, AreReadFromToml) {
  const SeedOptionsFile file = read_seed_options(
      "[users]\nkey = \"handle\"\nkeep = [\"a\", \"b\"]\nmode = \"sync\"\nnull = \"-\"\n"
      "filter = \"n > 0\"\ntriggers = false\ndelete_share = 1\n[\"auth.roles\"]\n"
      "after = [\"a.csv\", \"dev/b.sql\"]\nrequires = 20261122\nvariables = true\n[t]\nrequires = "
      "\"0042\"\n",
      "seeds/seeds.toml");
  ASSERT_TRUE(file.findings.empty()) << file.findings[0].message;
  const SeedOptions& users = file.tables.at("users");
  EXPECT_EQ(users.key, (Names{"handle"}));
  EXPECT_EQ(users.keep, (Names{"a", "b"}));
  EXPECT_EQ(users.mode, SeedMode::sync);
  EXPECT_EQ(users.null, "-");
  EXPECT_EQ(users.filter, "n > 0");
  EXPECT_FALSE(users.triggers);
  EXPECT_EQ(users.delete_share, 1);
  const SeedOptions& roles = file.tables.at("auth.roles");
  EXPECT_EQ(roles.after, (Names{"a.csv", "dev/b.sql"}));
  EXPECT_EQ(roles.needed_version, Version{20261122});
  EXPECT_TRUE(roles.variables);
  EXPECT_EQ(roles.canonical(), SeedOptions{}.canonical());
  EXPECT_EQ(file.tables.at("t").needed_version, Version{42});
}

TEST(SeedOptions, AreComplainedOfByTheirLine) {
  for (const char* text :
       {"key = 1", "[t]\nkeys = \"a\"", "[t]\nmode = \"merge\"", "[t]\ndelete_share = 2",
        "[t]\ntriggers = \"no\"", "[t]\nkey = [1]", "[t]\nnull = \"\\n\"", "[t]\nrequires = -1",
        "[t]\nrequires = \"x\"", "[t]\nvariables = 1", "[t"}) {
    const SeedOptionsFile file = read_seed_options(text, "seeds/seeds.toml");
    ASSERT_EQ(file.findings.size(), 1U) << text;
    EXPECT_EQ(file.findings[0].id, "seed-options");
    EXPECT_GT(file.findings[0].place->line, 0U);
  }
}

}  // namespace
}  // namespace migrator

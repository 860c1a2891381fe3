#include "engine/project/database_url.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "engine/base/error.h"
#include "engine/project/connection_text.h"

namespace migrator {
namespace {

static_assert(!fmt::is_formattable<DatabaseUrl>::value, "fmt must not be able to print a URL");

TEST(DatabaseUrl, RedactsThePassword) {
  struct Case {
    std::string_view url;
    std::string_view redacted;
    std::optional<std::string> database;
  };
  const Case cases[] = {
      {"postgres://andrew:secret@db.example:5432/app?sslmode=require",
       "postgres://andrew:***@db.example:5432/app?sslmode=require", "app"},
      {"postgresql://andrew@db/app", "postgresql://andrew@db/app", "app"},
      {"postgres://andrew:p%40ss%3Aw%2Frd%3F%26%25@db/app", "postgres://andrew:***@db/app", "app"},
      {"postgres://andrew:pa:ss@db/app", "postgres://andrew:***@db/app", "app"},
      {"postgres://:secret@db", "postgres://:***@db", std::nullopt},
      {"postgres://andrew:@db", "postgres://andrew:@db", std::nullopt},
      {"postgres://", "postgres://", std::nullopt},
      {"postgres:///app", "postgres:///app", "app"},
      {"postgres://db/", "postgres://db/", std::nullopt},
      {"postgres://db/a%20b", "postgres://db/a%20b", "a b"},
      {"postgres://db?dbname=app", "postgres://db?dbname=app", "app"},
      {"postgres://db/one?dbname=two", "postgres://db/one?dbname=two", "two"},
      {"postgres://a,b:5433,[::1]:5434/app?target_session_attrs=read-write",
       "postgres://a,b:5433,[::1]:5434/app?target_session_attrs=read-write", "app"},
      {"postgres://%2Fvar%2Frun%2Fpostgresql/app", "postgres://%2Fvar%2Frun%2Fpostgresql/app",
       "app"},
      {"postgres://db/app?user=andrew&password=secret&sslpassword=other&passfile=x",
       "postgres://db/app?user=andrew&password=***&sslpassword=***&passfile=x", "app"},
      {"postgres://db/app?ssl=true", "postgres://db/app?ssl=true", "app"},
      {"postgres://db/app?%70assword=secret", "postgres://db/app?%70assword=***", "app"},
      {"host=db user=andrew password=secret dbname=app",
       "host=db user=andrew password=*** dbname=app", "app"},
      {"host = db  password = 'it\\'s a \\\\ secret' dbname='my app'",
       "host = db  password = *** dbname='my app'", "my app"},
      {"password=se\\ cret", "password=***", std::nullopt},
      {"password='' host=db", "password=*** host=db", std::nullopt},
      {"dbname=postgres://a:b@c/d", "dbname=***", "postgres://a:b@c/d"},
      {"embedded", "embedded", std::nullopt},
      {"", "", std::nullopt},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.url);
    const DatabaseUrl url = DatabaseUrl::parse(c.url);
    EXPECT_EQ(url.redacted(), c.redacted);
    EXPECT_EQ(url.database(), c.database);
    EXPECT_EQ(url.is_embedded(), c.url == "embedded");
    EXPECT_EQ(url.is_empty(), c.url.empty());
    if (!url.is_embedded()) {
      EXPECT_EQ(url.reveal(), c.url);
    }
    std::ostringstream stream;
    stream << url;
    EXPECT_EQ(stream.str(), c.redacted);
  }
}

TEST(DatabaseUrl, RefusesWhatLibpqWouldMisread) {
  struct Case {
    std::string_view text;
    std::string_view reason;
  };
  const Case cases[] = {
      {"postgres://u:p@ss@db/app", "\"@\" stands in the user name or the password"},
      {"postgres://u:p/ss@db/app", "unencoded \"/\" or \"?\""},
      {"postgres://u:12/34@db/app", "unencoded \"/\" or \"?\""},
      {"postgres://u:p?ss@db/app", "unencoded \"/\" or \"?\""},
      {"postgres://u:p#ss@db/app", "unencoded \"#\""},
      {"postgres://u:p ss@db/app", "a blank"},
      {"postgres://u:p@db/app\n", "a blank"},
      {"postgres://u:p%@db/app", "\"%\""},
      {"postgres://u:p%zz@db/app", "\"%\""},
      {"postgres://u:p%4@db/app", "\"%\""},
      {"postgres://u:p%00@db/app", "%00"},
      {"postgres://db:port/app", "port is no number"},
      {"postgres://db:0/app", "1 and 65535"},
      {"postgres://db:65536/app", "1 and 65535"},
      {"postgres://db:99999999999999/app", "1 and 65535"},
      {"postgres://[::1/app", "not closed"},
      {"postgres://[]/app", "no address"},
      {"postgres://[::1]x/app", "between the host and its port"},
      {"postgres://u:pass@d$b/app", "the host"},
      {"postgres://db/app?sslmode", "no \"=\""},
      {"postgres://db/app?options=-c x=1", "a blank"},
      {"postgres://db/app?options=-cx=1", "unencoded \"=\""},
      {"postgres://u:p@db/app?schema=public", "no query parameter \"schema\""},
      {"postgres://db/app?password=a&b=c", "a query parameter that libpq does not have"},
      {"mysql://u:p@db/app", "its scheme is \"mysql\""},
      {"POSTGRES://u:p@db/app", "lower case"},
      {"jdbc:postgresql://db/app", "JDBC"},
      {"p@ss://x", "its scheme is not postgres"},
      {"just words", "no scheme"},
      {"host=db words", "not followed by \"=\""},
      {"host=db password='open", "not closed"},
      {"host=db password='a'b", "right after a closing quote"},
      {"hots=db", "libpq does not have"},
      {std::string_view("host=db\0", 8), "NUL"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    try {
      DatabaseUrl::parse(c.text);
      ADD_FAILURE() << "was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::configuration);
      EXPECT_EQ(error.finding().id, "url-invalid");
      EXPECT_NE(std::string_view(error.what()).find(c.reason), std::string_view::npos)
          << error.what();
      EXPECT_FALSE(error.finding().hint.empty());
    }
  }
}

/// Every text that came out must be free of the password and of its parts.
void expect_no_part_of(std::string_view password, const Finding& finding) {
  const std::string all = finding.message + "|" + finding.detail + "|" + finding.next + "|" +
                          finding.kept + "|" + finding.context;
  std::string part;
  for (const char c : std::string(password) + "@") {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter || (c >= '0' && c <= '9')) {
      part += c;
      continue;
    }
    if (part.size() >= 3) {
      EXPECT_EQ(all.find(part), std::string::npos) << all;
    }
    part.clear();
  }
}

TEST(DatabaseUrl, NeverLeaksAHostilePassword) {
  const std::string_view passwords[] = {
      "p@ss:w/rd?&%",    "zq1xq@zq2xq",     "zq1xq/zq2xq",     "zq1xq?zq2xq=zq3xq",
      "zq1xq zq2xq",     "zq1xq'zq2xq",     "zq1xq\"zq2xq",    "zq1xq%",
      "zq1xq%zq",        "zq1xq&zq2xq=zq3", "zq1xq#zq2xq",     "zq1xq\\zq2xq",
      "@zq1xq",          "zq1xq@",          ":zq1xq:",         "/zq1xq",
      "zq1xq://zq2xq",   "zq1xq\nzq2xq",    "zq1xq=zq2xq",     "[zq1xq]",
      "zq1xq,zq2xq:zq3", "zq\xC3\xA4xq1",   "${zq1xq}",        "5432/zq1xq?dbname=zq2xq",
      "zq1xq' zq2='x",   "zq1xq host=zq2",  "zq3://zq1xq:b@c", "zq1xq\tzq2xq",
  };
  for (const std::string_view password : passwords) {
    SCOPED_TRACE(password);
    const std::string forms[] = {
        fmt::format("postgres://andrew:{}@db.example/app", password),
        fmt::format("postgresql://{}@db.example/app", password),
        fmt::format("postgres://db.example/app?password={}&user=andrew", password),
        fmt::format("postgres://db.example/app?user=andrew&password={}", password),
        fmt::format("host=db password={} user=andrew", password),
        fmt::format("password='{}' user=andrew", password),
        fmt::format("mysql://andrew:{}@db/app", password),
        fmt::format("andrew:{}@db/app", password),
        std::string(password),
    };
    for (const std::string& form : forms) {
      try {
        const DatabaseUrl url = DatabaseUrl::parse(form);
        const bool is_user = form.starts_with("postgresql://");  // read as a user name: no secret
        if (!is_user && form.find("andrew") != form.npos) {
          EXPECT_EQ(url.redacted().find("zq1"), std::string::npos) << url.redacted();
          EXPECT_EQ(url.scrub(form).find("zq1"), std::string::npos) << url.scrub(form);
        }
      } catch (const Error& error) {
        expect_no_part_of(password, error.finding());
      }
    }

    // Encoded as the hint says, every password is accepted and hidden in each spelling.
    const std::string encoded = percent_encode(password);
    const DatabaseUrl url =
        DatabaseUrl::parse(fmt::format("postgres://andrew:{}@db.example/app", encoded));
    EXPECT_EQ(url.redacted(), "postgres://andrew:***@db.example/app");
    EXPECT_EQ(url.scrub(fmt::format("<{}> <{}>", password, encoded)), "<***> <***>");
    const DatabaseUrl pairs = DatabaseUrl::parse(
        fmt::format("host=db password={} user=andrew", quote_connection_value(password)));
    EXPECT_EQ(pairs.redacted(), "host=db password=*** user=andrew");
    EXPECT_EQ(pairs.scrub(fmt::format("<{}> <{}>", password, encoded)), "<***> <***>");
  }
}

TEST(DatabaseUrl, ScrubsEverySpelling) {
  const DatabaseUrl url = DatabaseUrl::parse("postgres://andrew:p%2fA%2Fb@db/app?sslpassword=zz9");
  EXPECT_EQ(url.scrub("p%2fA%2Fb p/A/b p%2FA%2Fb p%2fA%2fb zz9 rest"), "*** *** *** *** *** rest");
  EXPECT_EQ(url.scrub(""), "");
  EXPECT_EQ(url.scrub("nothing of it"), "nothing of it");
  EXPECT_EQ(DatabaseUrl().scrub("as it is"), "as it is");
}

TEST(DatabaseUrl, APasswordThatEqualsTheUserIsCutOutOnlyAsThePassword) {
  const DatabaseUrl url = DatabaseUrl::parse("postgres://postgres:postgres@db/app");
  EXPECT_EQ(url.scrub("password authentication failed for user \"postgres\""),
            "password authentication failed for user \"postgres\"");
  EXPECT_EQ(url.scrub("postgres://postgres:postgres@db/app"), "postgres://postgres:***@db/app");
}

TEST(DatabaseUrl, ChangesTheDatabase) {
  struct Case {
    std::string_view url;
    std::string_view name;
    std::string_view expected;
  };
  const Case cases[] = {
      {"postgres://u:p@h:1/app?sslmode=require", "postgres",
       "postgres://u:p@h:1/postgres?sslmode=require"},
      {"postgres://h", "a/b c", "postgres://h/a%2Fb%20c"},
      {"postgres://h?dbname=x&user=u&dbname=y&port=5", "z", "postgres://h/z?user=u&port=5"},
      {"postgres://h/x?", "z", "postgres://h/z"},
      {"host=h dbname=app password='a b'", "it's", "host='h' password='a b' dbname='it\\'s'"},
      {"", "app", "dbname='app'"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.url);
    const DatabaseUrl other = DatabaseUrl::parse(c.url).with_database(c.name);
    EXPECT_EQ(other.reveal(), c.expected);
    EXPECT_EQ(other.database(), c.name);
  }
  EXPECT_TRUE(DatabaseUrl::parse("embedded").with_database("x").is_embedded());
}

}  // namespace
}  // namespace migrator

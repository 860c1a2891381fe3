// The vectors here are the ones in FORMATS.md: a change of any of them locks out every database
// that was migrated before it.
#include "engine/project/checksum.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

TEST(Checksum, IsSha256) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Checksum, IsPinned) {
  struct Case {
    std::string_view text;
    std::string_view bytes;
    std::string_view canonical;
  };
  const Case cases[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"select 1;", "354b7196c9ba5fb4b21cf615bb6ec4cd5c07503c34229feef033fc081a8c03f4",
       "21f6040596e4730b81fa8c173244154b0517deec8e96dd3cf16071a3f6bb8027"},
      {"SELECT 1", "e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5",
       "2e9be1158eacad299f315900d905445fecfcf452feebd7560b51595484d69f2c"},
      {"create table t (a int);\ncreate index on t (a);\n",
       "2271b85cb590c1bf9f73eb1b3e9c6b3c0eaf0fd1f59dfda00dddf34df74bee0e",
       "dff375b602facc512f731090aef86d66edc76701068698be58ab48a56a65a331"},
      {"select 'a  -- b', \"C d\", $x$ y\r\n $x$;",
       "6d211cfe370ac4e0b4323b731a089d1188e12e198422dae89d2cc5f5cd063427",
       "65ea985714c1174c5d4a96bac8b04e6964f9bb2c824899d956d6276fe1cc011d"},
      {"-- only a comment\n", "4794b7d2da857c74f042855b80b716dab9a56dd2800b92bbadee40667f4811da",
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(checksums_of(c.text).bytes, c.bytes) << c.text;
    EXPECT_EQ(checksums_of(c.text).canonical, c.canonical) << c.text;
  }
}

TEST(Checksum, CanonicalIsWhatTheRuleSays) {
  // The rule by hand: each token and a NUL; each statement a ";" and a NUL.
  using namespace std::string_view_literals;
  EXPECT_EQ(checksums_of("/* x */ select\r\n 1 ; -- y").canonical, sha256("select\0"
                                                                          "1\0;\0"sv));
  EXPECT_EQ(checksums_of("select 1").canonical,
            checksums_of("\xEF\xBB\xBFselect\t1;\n\n").canonical);
  EXPECT_NE(checksums_of("select 'a b'").canonical, checksums_of("select 'a  b'").canonical);
  EXPECT_NE(checksums_of("select $$a\n$$").canonical, checksums_of("select $$a\r\n$$").canonical);
  EXPECT_NE(checksums_of("select 1; select 2").canonical,
            checksums_of("select 1 select 2").canonical);
}

}  // namespace
}  // namespace migrator

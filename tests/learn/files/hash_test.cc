// SPDX-License-Identifier: Apache-2.0
#include "learn/files/hash.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

// The test suite of RFC 1321, appendix A.5.
TEST(FileMd5, AgreesWithTheStandard) {
  const TemporaryFolder folder;
  EXPECT_EQ(file_md5(folder.write("file", "")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(file_md5(folder.write("file", "abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(file_md5(folder.write("file",
                                  "12345678901234567890123456789012345678901234567890123456789012345678901234567890")),
            "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(FileMd5, ReadsFilesLongerThanItsBuffer) {
  const TemporaryFolder folder;
  // head -c 3000001 /dev/zero | tr '\0' a | md5sum
  EXPECT_EQ(file_md5(folder.write("file", std::string(3000001, 'a'))), "c903251beb2733c568e37a9ede530b1c");
}

TEST(FileMd5, NamesAMissingFile) {
  const TemporaryFolder folder;
  expect_error(
      ErrorKind::input_file, [&] { file_md5(folder.path("none")); }, folder.path("none"));
}

}  // namespace
}  // namespace genocuda

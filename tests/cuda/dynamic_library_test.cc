// SPDX-License-Identifier: Apache-2.0
#include "cuda/libraries/dynamic_library.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/temporary_folder.h"

namespace genocuda::cuda {
namespace {

TEST(DynamicLibrary, FindsFunctionsInTheFirstCandidateThatLoads) {
  DynamicLibrary library({"libabsent.so.1", "libm.so.6"});
  ASSERT_TRUE(library.loaded());
  EXPECT_EQ(library.problem(), "");
  double (*cosine)(double) = nullptr;
  library.find(cosine, "cos");
  ASSERT_NE(cosine, nullptr);
  EXPECT_EQ(cosine(0), 1);
}

TEST(DynamicLibrary, SaysWhyItCannotBeUsed) {
  DynamicLibrary absent({"libabsent.so.1", "libneither.so.1"});
  EXPECT_FALSE(absent.loaded());
  EXPECT_NE(absent.problem().find("libabsent.so.1"), std::string::npos) << absent.problem();
  double (*function)(double) = nullptr;
  absent.find(function, "cos");
  EXPECT_EQ(function, nullptr);
  EXPECT_NE(absent.problem().find("libabsent.so.1"), std::string::npos) << absent.problem();

  DynamicLibrary old({"libm.so.6"});
  old.find(function, "cosine_of_the_future");
  EXPECT_EQ(function, nullptr);
  EXPECT_FALSE(old.loaded());
  EXPECT_NE(old.problem().find("cosine_of_the_future"), std::string::npos) << old.problem();
}

TEST(LibraryCandidates, FollowTheEnvironment) {
  constexpr const char* kVariable = "GENOCUDA_TEST_LIBRARY";
  const TemporaryFolder folder;
  const auto candidates = [&] { return library_candidates({"X", kVariable, "libx.so.9", {"nvidia/x/lib"}}); };
  unsetenv(kVariable);
  EXPECT_EQ(candidates(), std::vector<std::string>{"libx.so.9"});
  setenv(kVariable, "/opt/libx.so.9.1", 1);
  EXPECT_EQ(candidates(), std::vector<std::string>{"/opt/libx.so.9.1"});
  const std::string path = folder.path();
  setenv(kVariable, path.c_str(), 1);
  EXPECT_EQ(candidates(),
            (std::vector<std::string>{path + "/libx.so.9", path + "/lib/libx.so.9", path + "/nvidia/x/lib/libx.so.9"}));
  unsetenv(kVariable);
}

#define GENOCUDA_TEST_FUNCTIONS(X) \
  X(atoi)                          \
  X(strtol)
struct Numbers {
  GENOCUDA_LIBRARY_FUNCTIONS(GENOCUDA_TEST_FUNCTIONS)
};

TEST(LoadLibrary, SetsTheFunctionsAndDescribesItself) {
  const LibraryName present{"numbers", "GENOCUDA_TEST_LIBRARY", "libc.so.6", {}};
  const auto numbers = load_library<Numbers>(present);
  ASSERT_EQ(numbers.problem, "");
  EXPECT_EQ(numbers.atoi("12"), 12);
  EXPECT_EQ(numbers.strtol("z", nullptr, 36), 35);
  EXPECT_EQ(describe_library(present, "", [] { return std::size_t{130102}; }), "numbers 13.1.2");

  const LibraryName absent{"numbers", "GENOCUDA_TEST_LIBRARY", "libabsent.so.1", {}};
  const auto none = load_library<Numbers>(absent);
  EXPECT_EQ(none.atoi, nullptr);
  ASSERT_NE(none.problem, "");
  EXPECT_EQ(describe_library(absent, none.problem, nullptr),
            "no numbers (" + none.problem + "; GENOCUDA_TEST_LIBRARY names its folder)");
}

}  // namespace
}  // namespace genocuda::cuda

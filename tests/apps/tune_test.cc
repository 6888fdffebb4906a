// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

TEST(Tune, IsAFlagOfEveryCommandThatComputes) {
  const TinyFolder folder;
  folder.train("--tune --tune-cache cache.json --valid 0.2 -o out");
  EXPECT_TRUE(folder.exists("out/model.safetensors"));
  for (const char* const verb : {"predict", "evaluate"}) {
    const Result result = folder.run(std::string(verb) +
                                     " --model out/model.safetensors --sequences table.csv "
                                     "--tune --tune-cache cache.json -o " +
                                     verb);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_TRUE(folder.exists(verb));
  }
}

TEST(Tune, CacheWithoutTuningIsWrong) {
  const TinyFolder folder;
  const Result result = folder.run(std::string(kTrain) + "--tune-cache cache.json -o out");
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.err.find("--tune-cache"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace genocuda::cli

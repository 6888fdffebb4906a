// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "cuda/device.h"

namespace genocuda {
namespace {

class NeedsGpu : public ::testing::Environment {
 public:
  void SetUp() override {
    if (cuda_device_count() > 0) return;
    const char* required = std::getenv("GENOCUDA_REQUIRE_GPU");
    if (required != nullptr && std::string_view(required) == "1")
      FAIL() << "GENOCUDA_REQUIRE_GPU=1, but there is no GPU";
    GTEST_SKIP() << "there is no GPU";
  }
};

const auto* const kEnvironment = ::testing::AddGlobalTestEnvironment(new NeedsGpu);

}  // namespace
}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
// run() of the library's own fast rows allocates nothing. (oneDNN makes small objects of its own when a primitive
// runs.)
#include <gtest/gtest.h>

#include "host/cpu_device.h"
#include "tests/core/allocation_counter.h"
#include "tests/support/small_net.h"

namespace genocuda {
namespace {

TEST(Allocation, RunAllocatesNothing) {
  const auto device = make_cpu_device(2);
  SmallNet net(*device, {.implementations = {{"conv1d", "reference"},
                                             {"conv1d_backward_input", "reference"},
                                             {"conv1d_backward_filters", "reference"},
                                             {"matmul", "reference"}}});
  net.run();
  const long before = testing::allocations();
  for (int i = 0; i < 3; ++i) net.run();
  EXPECT_EQ(testing::allocations() - before, 0);
}

}  // namespace
}  // namespace genocuda

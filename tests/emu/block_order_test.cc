// SPDX-License-Identifier: Apache-2.0
// A GPU runs blocks and warps in whatever order it likes. That no bit of a training step depends on it, the emulator
// can show.
#include <gtest/gtest.h>

#include "tests/kernels/device_array.h"
#include "tests/simt/options.h"
#include "tests/support/small_net.h"

namespace genocuda {
namespace {

class BlockOrder : public ::testing::TestWithParam<Precision> {
 protected:
  std::vector<float> trained(simt::Order order, unsigned seed = 1) const {
    const simt::Options before = simt::options();
    simt::options().order = order;
    simt::options().seed = seed;
    SmallNet net(kernel_test::device(), {.precision = GetParam()}, SmallNet::FirstLayer::batch_norm,
                 SmallNet::kSmallBatch);
    net.run(1);
    net.run(2);
    simt::options() = before;
    return net.numbers();
  }
};

TEST_P(BlockOrder, ChangesNoBitOfATrainingStep) {
  const std::vector<float> expected = trained(simt::Order::forward);
  EXPECT_EQ(trained(simt::Order::reverse), expected);
  EXPECT_EQ(trained(simt::Order::random, 1), expected);
  EXPECT_EQ(trained(simt::Order::random, 2), expected);
}

INSTANTIATE_TEST_SUITE_P(Precisions, BlockOrder, ::testing::Values(Precision::fp32, Precision::tf32, Precision::bf16),
                         [](const auto& precision) { return std::string(name_of(precision.param)); });

}  // namespace
}  // namespace genocuda

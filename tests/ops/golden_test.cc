// SPDX-License-Identifier: Apache-2.0
// The reference implementations in double, and the rules of reverse mode, against PyTorch.
#include "tests/ops/golden.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/ops/case_test.h"

namespace genocuda::op_test {
namespace {

const std::vector<GoldenFamily>& families() {
  static const std::vector<GoldenFamily> all = [] {
    std::vector<GoldenFamily> list;
    add_golden_families_a(list);
    add_golden_families_b(list);
    return list;
  }();
  return all;
}

class Golden : public ::testing::TestWithParam<GoldenFamily> {};

TEST_P(Golden, IsWhatPyTorchGives) {
  const std::vector<GoldenCase> cases = read_golden_file(GetParam().file);
  EXPECT_FALSE(cases.empty());
  for (const GoldenCase& golden : cases) expect_golden(GetParam(), golden);
}

INSTANTIATE_TEST_SUITE_P(Operators, Golden, ::testing::ValuesIn(families()),
                         [](const auto& one) { return test_name(one.param.file); });

TEST(GoldenFiles, AreAllRead) {
  std::vector<std::string> read{"optimizer"};  // by optimizer_test.cc: it takes several steps
  for (const GoldenFamily& family : families()) read.push_back(family.file);
  std::ranges::sort(read);
  EXPECT_EQ(read, golden_files());
}

}  // namespace
}  // namespace genocuda::op_test

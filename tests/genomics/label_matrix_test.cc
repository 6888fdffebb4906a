// SPDX-License-Identifier: Apache-2.0
#include "genomics/label_matrix.h"

#include <cmath>
#include <limits>

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

TEST(LabelMatrix, KeepsWhatIsSet) {
  philox::Generator random(1, 0);
  for (const std::int64_t tasks : {1, 31, 32, 33, 134}) {
    for (const bool binary : {true, false}) {
      const float values[] = {0.f, 1.f, kMissing, binary ? 1.f : 0.25f};
      LabelMatrix labels(0, tasks);
      std::vector<std::vector<float>> expected;
      for (int row = 0; row < 20; ++row) {
        std::vector<float>& line = expected.emplace_back();
        for (std::int64_t task = 0; task < tasks; ++task) line.push_back(values[random.below(4)]);
        labels.append_row(line);
      }
      expected[7][0] = binary ? 0.f : -3.f;
      labels.set(7, 0, expected[7][0]);
      EXPECT_EQ(labels.rows(), 20);
      EXPECT_EQ(labels.binary(), binary);
      LabelMatrix copy(0, tasks);
      for (std::int64_t row = 0; row < 20; ++row) copy.append_row(labels, row);
      std::vector<float> line(static_cast<std::size_t>(tasks));
      for (std::int64_t row = 0; row < 20; ++row) {
        labels.copy_row(row, line.data());
        for (std::int64_t task = 0; task < tasks; ++task) {
          const float wanted = expected[static_cast<std::size_t>(row)][static_cast<std::size_t>(task)];
          EXPECT_TRUE(same(labels.get(row, task), wanted));
          EXPECT_TRUE(same(line[static_cast<std::size_t>(task)], wanted));
          EXPECT_TRUE(same(copy.get(row, task), wanted));
        }
      }
    }
  }
}

TEST(LabelMatrix, StartsAtZero) {
  LabelMatrix labels(3, 40);
  EXPECT_EQ(labels.get(2, 39), 0.f);
  labels.set(1, 5, kMissing);
  labels.set(1, 5, 1.f);
  EXPECT_EQ(labels.get(1, 5), 1.f);
}

}  // namespace
}  // namespace genocuda

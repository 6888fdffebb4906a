// SPDX-License-Identifier: Apache-2.0
#include "kernels/pooling.h"

#include <gtest/gtest.h>

#include "tests/kernels/device_array.h"
#include "tests/kernels/numbers.h"

namespace genocuda::kernel_test {
namespace {

using kernels::Pool1d;
using kernels::Storage;

std::size_t inputs(const Pool1d& n) { return static_cast<std::size_t>(n.batch * n.length * n.channels); }
std::size_t outputs(const Pool1d& n) { return static_cast<std::size_t>(n.batch * n.windows * n.channels); }

/// The results of all launchers on x, dy and dx being as long as they are, with arrays that start `offset` elements
/// past an aligned address.
template <typename Winner>
struct Pools {
  std::vector<float> largest, mean, gathered, dx_of_largest, dx_of_mean;
  std::vector<Winner> winners;

  Pools(const Pool1d& n, const std::vector<float>& x, const std::vector<float>& dy, std::size_t offset) {
    const auto shifted = [&](std::vector<float> values) {
      values.insert(values.begin(), offset, 0.0F);
      return DeviceArray<float>(values);
    };
    const auto read = [&]<typename T>(const DeviceArray<T>& array) {
      const std::vector<T> values = array.read();
      return std::vector<T>(values.begin() + static_cast<std::ptrdiff_t>(offset), values.end());
    };
    const auto from = shifted(x), gradient = shifted(dy);
    const DeviceArray<float> y(offset + outputs(n)), average(offset + outputs(n)), picked(offset + outputs(n)),
        dx(offset + inputs(n)), dx_mean(offset + inputs(n));
    const DeviceArray<Winner> won(offset + outputs(n));
    const kernels::Argmax argmax{won.data() + offset, sizeof(Winner) == 1};
    kernels::max_pool1d(n, Storage::f32, from.data() + offset, y.data() + offset, argmax, native_stream());
    kernels::max_pool1d_gather(n, Storage::f32, from.data() + offset, argmax, picked.data() + offset, native_stream());
    kernels::max_pool1d_backward(n, Storage::f32, gradient.data() + offset, argmax, dx.data() + offset,
                                 native_stream());
    kernels::avg_pool1d(n, Storage::f32, from.data() + offset, average.data() + offset, native_stream());
    kernels::avg_pool1d_backward(n, Storage::f32, gradient.data() + offset, dx_mean.data() + offset, native_stream());
    largest = read(y), mean = read(average), gathered = read(picked);
    dx_of_largest = read(dx), dx_of_mean = read(dx_mean), winners = read(won);
  }
  bool operator==(const Pools&) const = default;
};

template <typename Winner>
void expect_right(const Pool1d& n, const std::vector<float>& x) {
  const std::vector<float> dy = numbers(outputs(n), -1, 1, 7);
  const Pools<Winner> pools(n, x, dy, 0);
  std::vector<double> mean(outputs(n)), dx_of_largest(inputs(n)), dx_of_mean(inputs(n));
  for (std::size_t i = 0; i < outputs(n); ++i) {
    const auto channel = static_cast<std::int64_t>(i) % n.channels, row = static_cast<std::int64_t>(i) / n.channels;
    const std::int64_t b = row / n.windows, start = row % n.windows * n.stride - n.pad_left;
    const std::int64_t first = std::max<std::int64_t>(start, 0), last = std::min(start + n.width, n.length);
    const auto place = [&](std::int64_t position) {
      return static_cast<std::size_t>((b * n.length + position) * n.channels + channel);
    };
    std::int64_t winner = first;
    for (std::int64_t p = first; p < last; ++p) {
      if (x[place(p)] > x[place(winner)] || (std::isnan(x[place(p)]) && !std::isnan(x[place(winner)]))) winner = p;
      mean[i] += x[place(p)] / static_cast<double>(last - first);
      dx_of_mean[place(p)] += dy[i] / static_cast<double>(last - first);
    }
    dx_of_largest[place(winner)] += dy[i];
    ASSERT_EQ(pools.winners[i], winner - start) << i;
    ASSERT_EQ(std::bit_cast<std::uint32_t>(pools.largest[i]), std::bit_cast<std::uint32_t>(x[place(winner)])) << i;
  }
  EXPECT_LE(error(pools.dx_of_largest, dx_of_largest), 1e-6);
  EXPECT_LE(error(pools.dx_of_mean, dx_of_mean), 1e-6);
  if (!std::ranges::all_of(x, [](float value) { return std::isfinite(value); })) return;
  EXPECT_LE(error(pools.mean, mean), 1e-6);
  EXPECT_EQ(pools.gathered, pools.largest);
  EXPECT_EQ(pools, Pools<Winner>(n, x, dy, 0));
  EXPECT_EQ(pools, Pools<Winner>(n, x, dy, 1));
}

TEST(Pool1d, IsRightAndTheSameBitsWhereverItsElementsLie) {
  for (const std::int64_t channels : {3, 8, 300}) {
    for (const Pool1d& n : {
             Pool1d{2, 40, 13, channels, 4, 3, 0}, Pool1d{3, 25, 12, channels, 7, 2, 2},  // overlapping, padded
             Pool1d{1, 30, 4, channels, 2, 9, 1},                                         // with gaps
             Pool1d{2, 301, 1, channels, 301, 301, 0},  // the whole length: a block a window
             Pool1d{1, 150, 6, channels, 100, 20, 50},  // the same with padding on both sides
         }) {
      SCOPED_TRACE(testing::Message() << n.length << " positions of " << n.channels << ", windows of " << n.width);
      const std::vector<float> x = numbers(inputs(n));
      n.width > 256 ? expect_right<std::int32_t>(n, x) : expect_right<std::uint8_t>(n, x);
    }
  }
}

TEST(Pool1d, GivesLongWindowsToTheFirstOfEqualsAndToNaN) {
  const Pool1d n{2, 1000, 1, 4, 1000, 1000, 0};
  const std::vector<float> zeros(inputs(n));
  expect_right<std::int32_t>(n, zeros);
  expect_right<std::int32_t>(n, std::vector<float>(inputs(n), -INFINITY));
  std::vector<float> late = zeros, twice = numbers(inputs(n));
  late[999 * 4] = late[998 * 4] = late[777 * 4 + 1] = 1;
  expect_right<std::int32_t>(n, late);
  twice[500 * 4 + 2] = twice[499 * 4 + 2] = twice[10 * 4 + 3] = NAN;
  expect_right<std::int32_t>(n, twice);
}

}  // namespace
}  // namespace genocuda::kernel_test

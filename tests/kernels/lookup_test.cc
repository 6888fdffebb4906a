// SPDX-License-Identifier: Apache-2.0
// What the operator cases miss of windows on signals: where in 16 bytes they begin, at the front of the table too.
#include "kernels/lookup.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

TEST(ExtractTracks, BeginsAnywhereInSixteenBytes) {
  constexpr std::int64_t kContig = 40, kPositions = 8;
  for (const std::int64_t channels : {1, 2, 3}) {
    std::vector<float> values(static_cast<std::size_t>(kContig * channels));
    std::iota(values.begin(), values.end(), 1.0f);
    std::vector<std::int32_t> same(static_cast<std::size_t>(channels));
    std::iota(same.begin(), same.end(), 0);
    std::vector<kernels::WindowPlace> places;
    std::vector<float> expected;
    for (std::int64_t start = 0; start + kPositions <= kContig; ++start) {
      places.push_back({.start = start, .contig_begin = 0, .contig_end = kContig, .reverse = 0});
      const auto first = values.begin() + start * channels;
      expected.insert(expected.end(), first, first + kPositions * channels);
    }
    const DeviceArray<float> table(values), y(expected.size());
    const DeviceArray<std::int32_t> other_strand(same);
    const DeviceArray<kernels::WindowPlace> on_device(places);
    kernels::extract_tracks({table.data(), other_strand.data(), channels, kPositions, 0.0f}, on_device.data(),
                            static_cast<std::int64_t>(places.size()), y.data(), native_stream());
    EXPECT_EQ(y.read(), expected) << channels << " channels";
  }
}

}  // namespace
}  // namespace genocuda::kernel_test

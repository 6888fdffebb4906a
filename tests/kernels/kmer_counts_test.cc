// SPDX-License-Identifier: Apache-2.0
// What the operator cases miss of k-mer counts: words whose bins lie at the edges of what a block counts.
#include "kernels/kmer_counts.h"

#include <gtest/gtest.h>

#include "tests/kernels/dna_examples.h"

namespace genocuda::kernel_test {
namespace {

constexpr int kLength = 7;
constexpr std::int64_t kBins = std::int64_t{1} << 2 * kLength;  // of two tiles of 8192

/// The word of a bin, stranded: its bases as a number of base 4, the first base in front.
Codes word(std::int64_t bin) {
  Codes codes(kLength);
  for (int i = kLength; i-- > 0; bin /= 4) codes[i] = static_cast<std::uint8_t>(bin % 4);
  return codes;
}

TEST(KmerCounts, CountEachBinAtTheEdgesOfTiles) {
  const std::vector<std::int64_t> bins{0, 1, 8190, 8191, 8192, 8193, kBins - 1};
  std::vector<Codes> codes;
  for (const std::int64_t bin : bins) codes.push_back(word(bin));
  const DnaExamples dna = DnaExamples::rows(codes, kLength);
  const auto batch = static_cast<std::int64_t>(bins.size());
  const DeviceArray<float> counts(static_cast<std::size_t>(batch * kBins));
  kernels::kmer_counts(dna.source(), batch, kLength, false, kernels::Storage::f32, counts.data(), native_stream());
  std::vector<float> expected(static_cast<std::size_t>(batch * kBins));
  for (std::int64_t b = 0; b < batch; ++b) expected[static_cast<std::size_t>(b * kBins + bins[b])] = 1;
  EXPECT_EQ(counts.read(), expected);
}

}  // namespace
}  // namespace genocuda::kernel_test

// SPDX-License-Identifier: Apache-2.0
#include "learn/motifs/scanner.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "core/philox.h"
#include "learn/model/build.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_device.h"

namespace genocuda {
namespace {

PackedSequence random_sequence(std::int64_t length, double unknown, std::uint64_t seed) {
  philox::Generator random(seed, 1);
  PackedSequence sequence;
  for (std::int64_t i = 0; i < length; ++i) {
    const bool known = random.uniform() >= unknown;
    sequence.append_code(known ? static_cast<std::uint8_t>(random.below(4)) : dna::kUnknown);
  }
  return sequence;
}

std::vector<BaseNumbers> random_weights(std::int64_t width, philox::Generator& random) {
  std::vector<BaseNumbers> weights(static_cast<std::size_t>(width));
  for (BaseNumbers& row : weights) {
    for (double& weight : row) weight = 5 * random.uniform() - 3.5;
  }
  return weights;
}

std::vector<ScannedMotif> random_motifs(int count) {
  philox::Generator random(7, 2);
  std::vector<ScannedMotif> motifs;
  for (int i = 0; i < count; ++i) {
    const Pssm pssm(std::to_string(i), "", random_weights(3 + i % 17, random));
    motifs.push_back({pssm, pssm.at_least(1.5)});
  }
  return motifs;
}

/// Window by window, as a scan is defined.
std::vector<MotifHit> naive(const std::vector<ScannedMotif>& motifs, std::span<const SequenceRegion> regions,
                            bool both_strands = true) {
  std::vector<MotifHit> hits;
  for (std::size_t r = 0; r < regions.size(); ++r) {
    for (std::int64_t position = 0; position < regions[r].length; ++position) {
      for (std::size_t m = 0; m < motifs.size(); ++m) {
        const Pssm& pssm = motifs[m].pssm;
        if (position + pssm.width() > regions[r].length) continue;
        for (const Strand strand : {Strand::forward, Strand::reverse}) {
          if (strand == Strand::reverse && !both_strands) continue;
          const std::string letters = regions[r].sequence->letters(regions[r].start + position, pssm.width(), strand);
          if (letters.find('N') != std::string::npos) continue;
          std::int32_t steps = 0;
          for (std::size_t k = 0; k < letters.size(); ++k) steps += pssm.rows()[k][dna::code_of(letters[k])];
          if (steps < motifs[m].threshold) continue;
          hits.push_back({static_cast<std::int64_t>(r), position, static_cast<std::int32_t>(m), strand, steps});
        }
      }
    }
  }
  return hits;
}

TEST(MotifScanner, FindsWhatIsThere) {
  const std::unique_ptr<Device> device = make_test_device();
  const PackedSequence sequence = random_sequence(2500, 0.01, 1);  // several chunks, some of them cut by unknown bases
  const std::vector<ScannedMotif> motifs = random_motifs(60);      // two groups of filters
  const SequenceRegion region{&sequence, 0, sequence.size()};
  const std::vector<MotifHit> expected = naive(motifs, {&region, 1});
  EXPECT_GT(expected.size(), 1000u);
  EXPECT_EQ(MotifScanner(motifs, *device).scan({&region, 1}), expected);
  EXPECT_EQ(MotifScanner(motifs, *device, {.both_strands = false}).scan({&region, 1}),
            naive(motifs, {&region, 1}, false));
}

TEST(MotifScanner, KeepsToItsRegions) {
  const std::unique_ptr<Device> device = make_test_device();
  const PackedSequence a = random_sequence(3000, 0, 2), b = random_sequence(70, 0.1, 3);
  const std::vector<ScannedMotif> motifs = random_motifs(20);
  // A region shorter than motifs, neighbours that touch, one at either end of a sequence.
  const std::vector<SequenceRegion> regions{{&a, 100, 50}, {&a, 150, 5}, {&b, 0, 70}, {&a, 2900, 100}, {&a, 0, 2049}};
  MotifScanner scanner(motifs, *device);
  const std::vector<MotifHit> expected = naive(motifs, regions);
  EXPECT_GT(expected.size(), 100u);
  EXPECT_EQ(scanner.scan(regions), expected);
  EXPECT_EQ(scanner.scan({regions.data(), 3}), naive(motifs, {regions.data(), 3}));  // built anew for shorter chunks
}

TEST(MotifScanner, ReportsInPiecesWhatIsDone) {
  const std::unique_ptr<Device> device = make_test_device();
  const PackedSequence sequence = random_sequence(20000, 0, 4);
  const SequenceRegion region{&sequence, 0, sequence.size()};
  std::vector<std::int64_t> done;
  MotifScanner(random_motifs(2), *device).scan({&region, 1}, [&](std::span<const MotifHit> hits, std::int64_t bases) {
    done.push_back(bases);
    for (const MotifHit& hit : hits) EXPECT_LT(hit.position, bases);
  });
  EXPECT_GT(done.size(), 2u);
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_EQ(done.back(), 20000);
}

TEST(MotifScanner, NeedsAMotif) {
  const std::unique_ptr<Device> device = make_test_device();
  expect_error(
      ErrorKind::invalid_argument, [&] { MotifScanner({}, *device); }, "no motif");
}

/// The lecture's claim: a convolution whose filter is a scoring matrix, with ReLU and a global maximum, is a scan.
TEST(MotifScanner, IsANetworkOfOneLayer) {
  constexpr std::int64_t kLength = 120, kExamples = 40;
  const std::unique_ptr<Device> device = make_test_device();
  philox::Generator random(3, 3);
  const std::vector<BaseNumbers> weights = random_weights(8, random);
  const Pssm pssm("m", "", weights);

  const ModelSpec spec = parse_model_toml(
      "name = \"scan\"\nlayers = [\n  { type = \"conv\", name = \"motif\", filters = 1, width = 8, bias = false },\n"
      "  { type = \"relu\" },\n  { type = \"global_max_pool\" },\n]\noutputs = [{ loss = \"mse\" }]\n",
      "scan.toml");
  Graph graph;
  const ModelInputs inputs = make_inputs(graph, spec, {kLength, 1}, kExamples);
  build_model(graph, spec, {kLength, 1}, inputs, {});
  VariableStore variables(*device);
  Executable network(graph, variables);
  std::vector<float> filter;
  for (const BaseNumbers& row : weights) filter.insert(filter.end(), row.begin(), row.end());
  variables.write("motif/filters", std::as_bytes(std::span(filter)));

  std::vector<PackedSequence> sequences;
  std::vector<std::uint32_t> rows(kExamples * dna::row_words(kLength));
  for (std::int64_t i = 0; i < kExamples; ++i) {
    sequences.push_back(random_sequence(kLength, 0, 100 + static_cast<std::uint64_t>(i)));
    sequences.back().extract(0, kLength, Strand::forward, rows.data() + i * dna::row_words(kLength));
  }
  network.write<std::uint32_t>("dna", rows);
  network.run();
  const std::vector<float> outputs = network.read<float>("output");

  std::vector<SequenceRegion> regions;
  for (const PackedSequence& sequence : sequences) regions.push_back({&sequence, 0, kLength});
  std::vector<double> best(kExamples);
  for (const MotifHit& hit : MotifScanner({{pssm, 1}}, *device, {.both_strands = false}).scan(regions)) {
    best[hit.region] = std::max(best[hit.region], pssm.value(hit.steps));
  }
  EXPECT_GT(std::ranges::count_if(best, [](double score) { return score > 0; }), kExamples / 2);
  for (std::int64_t i = 0; i < kExamples; ++i) EXPECT_NEAR(outputs[i], best[i], pssm.largest_error() + 1e-5) << i;
}

}  // namespace
}  // namespace genocuda

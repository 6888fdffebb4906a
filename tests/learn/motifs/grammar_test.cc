// SPDX-License-Identifier: Apache-2.0
// What the lecture claims of networks on regulatory sequences, shown on sequences whose grammar is known: small nets
// are trained, and judged on sequences that they have not seen.
#include <algorithm>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "genomics/sequence_set.h"
#include "genomics/simulate.h"
#include "host/cpu_device.h"
#include "learn/model/summary.h"
#include "learn/motifs/scanner.h"
#include "learn/predict/predictor.h"
#include "learn/train/trainer.h"

namespace genocuda {
namespace {

constexpr const char* kSite = "TGACTCA";

Motif fixed_motif(const std::string& bases) { return motif_from_sites(std::vector<std::string>{bases}, bases); }

/// Simulated sequences as examples, with random bases before and after them.
Examples simulated(const std::vector<Motif>& motifs, const SimulationSettings& settings, std::int64_t count,
                   std::int64_t before = 0, std::int64_t after = 0) {
  const MarkovChain background(kUniformBackground);
  const Simulator simulator(motifs, background, settings);
  SequenceSet set("simulated", 0, {"label"});
  for (std::int64_t i = 0; i < count; ++i) {
    const SimulatedSequence drawn = simulator.draw(i);
    philox::Generator random(settings.seed + 1000, static_cast<std::uint64_t>(i));
    PackedSequence sequence;
    for (const auto& part : {background.draw(before, random), drawn.codes, background.draw(after, random)}) {
      for (const std::uint8_t code : part) sequence.append_code(code);
    }
    const float label = drawn.positive ? 1 : 0;
    set.add(std::move(sequence), "", std::nullopt, {&label, 1}, i + 1);
  }
  return set.finish();
}

SimulationSettings with_seed(SimulationSettings settings, std::uint64_t seed) {
  settings.seed = seed;
  return settings;
}

ModelSpec net(const std::string& layers) {
  return parse_model_toml("name = \"net\"\nlayers = [\n" + layers + "{ type = \"dense\", units = \"tasks\" },\n]\n",
                          "net.toml");
}

/// A motif detector: one convolution, and whether it fires anywhere.
ModelSpec detector() {
  return net("{ type = \"conv\", filters = 8, width = 9 }, { type = \"relu\" }, { type = \"global_max_pool\" },\n");
}

class Grammars : public testing::Test {
 protected:
  TrainedModel train(const ModelSpec& spec, const Examples& examples, std::int64_t epochs, double rate) {
    TrainingSettings settings;
    settings.optimizer.kind = OptimizerKind::adam;
    settings.learning_rate = rate;
    settings.epochs = epochs;
    settings.batch = 32;
    settings.patience = 0;
    return Trainer(spec, settings, *device_, examples, nullptr).run().model;
  }
  double auroc(const TrainedModel& model, const Examples& examples) {
    return Predictor(model, *device_).evaluate(examples).mean.auroc.value();
  }
  std::unique_ptr<Device> device_ = make_cpu_device(1);
};

/// The weights of a filter as rows of four.
std::vector<BaseNumbers> filter(const TrainedModel& model, std::int64_t which) {
  const HostTensor& tensor = model.tensors.at("conv1/filters");
  const Shape& shape = tensor.type.shape;
  const auto* numbers = reinterpret_cast<const float*>(tensor.bytes.data());
  std::vector<BaseNumbers> rows(static_cast<std::size_t>(shape[0]));
  for (std::int64_t i = 0; i < shape[0] * shape[1]; ++i) {
    rows[static_cast<std::size_t>(i / 4)][static_cast<std::size_t>(i % 4)] = numbers[i * shape[2] + which];
  }
  return rows;
}

/// The motif of a filter: the sites at which it scores at least `share` of its best score in the positives.
Motif motif_of(const std::vector<BaseNumbers>& weights, const Examples& examples, double share, Device& device) {
  const Pssm pssm("filter", "", weights);
  std::vector<SequenceRegion> regions;
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    if (examples.labels.get(i, 0) == 1) {
      regions.push_back({&examples.genome->sequence(static_cast<std::int32_t>(i)), 0, examples.length});
    }
  }
  const auto threshold = static_cast<std::int32_t>(share * pssm.highest());
  std::vector<std::string> sites;
  for (const MotifHit& hit : MotifScanner({{pssm, threshold}}, device, {.both_strands = false}).scan(regions)) {
    sites.push_back(regions[static_cast<std::size_t>(hit.region)].sequence->letters(hit.position, pssm.width()));
  }
  return motif_from_sites(sites, "filter");
}

TEST_F(Grammars, ANeuronLearnsTheMotif) {
  const SimulationSettings settings{.length = 60, .both_strands = false};
  const Examples examples = simulated({fixed_motif(kSite)}, settings, 2000);
  const TrainedModel model = train(detector(), examples, 15, 1e-2);
  EXPECT_GT(auroc(model, simulated({fixed_motif(kSite)}, with_seed(settings, 2), 500)), 0.97);
  // The neuron that speaks loudest for a positive.
  const HostTensor& output = model.tensors.at("dense1/weights");
  const std::span<const float> says(reinterpret_cast<const float*>(output.bytes.data()), 8);
  const Motif learned = motif_of(filter(model, std::ranges::max_element(says) - says.begin()), examples, 0.8, *device_);
  // The filter is wider than the motif, and may begin within it.
  const std::string seen = consensus(learned);
  bool found = false;
  for (int missing = 0; missing <= 2; ++missing) {
    for (int from = 0; from <= missing; ++from) {
      found = found || seen.find(std::string(kSite).substr(from, 7 - missing)) != std::string::npos;
    }
  }
  EXPECT_TRUE(found) << seen;
}

TEST_F(Grammars, PoolingMakesThePlaceIndifferent) {
  const SimulationSettings settings{.length = 40, .both_strands = false};
  const Examples left = simulated({fixed_motif(kSite)}, settings, 1500, 0, 40);
  const Examples right = simulated({fixed_motif(kSite)}, with_seed(settings, 2), 500, 40, 0);
  EXPECT_GT(auroc(train(detector(), left, 10, 1e-2), right), 0.95);
  // Without the pool every place has weights of its own: what was learned on the left is unknown on the right.
  const ModelSpec flat =
      net("{ type = \"conv\", filters = 8, width = 9 }, { type = \"relu\" }, { type = \"flatten\" },\n");
  EXPECT_LT(auroc(train(flat, left, 10, 1e-2), right), 0.7);
}

TEST_F(Grammars, ADenseNetHasFarMoreParametersAndLearnsLess) {
  const SimulationSettings settings{.length = 60, .both_strands = false};
  const Examples examples = simulated({fixed_motif(kSite)}, settings, 2000);
  const Examples unseen = simulated({fixed_motif(kSite)}, with_seed(settings, 2), 500);
  const TrainedModel dense = train(zoo_model("dense"), examples, 10, 1e-3),
                     conv = train(detector(), examples, 10, 1e-2);
  EXPECT_GT(summarise(dense.spec).parameters, 50 * summarise(conv.spec).parameters);
  EXPECT_GT(auroc(conv, unseen), 0.95);
  EXPECT_LT(auroc(dense, unseen), 0.75);
}

TEST_F(Grammars, AGrammarNeedsDepth) {
  // Positives and negatives hold both motifs: order and distance alone tell them apart.
  const std::vector<Motif> motifs{fixed_motif("GATAAG"), fixed_motif(kSite)};
  const SimulationSettings settings{.grammar = Grammar::spacing, .length = 60, .gap = {8, 10}, .both_strands = false};
  const Examples examples = simulated(motifs, settings, 3000);
  const Examples unseen = simulated(motifs, with_seed(settings, 2), 500);
  EXPECT_LT(auroc(train(detector(), examples, 10, 1e-2), unseen), 0.7);
  const ModelSpec deep =
      net("{ type = \"conv\", filters = 8, width = 9, padding = \"same\" }, { type = \"relu\" },\n"
          "{ type = \"conv\", filters = 8, width = 25, padding = \"same\" }, { type = \"relu\" },\n"
          "{ type = \"global_max_pool\" },\n");
  EXPECT_GT(auroc(train(deep, examples, 12, 3e-3), unseen), 0.95);
}

TEST_F(Grammars, CopiesAndCombinationsAreLearned) {
  const SimulationSettings density{.length = 80, .copies = {3, 4}, .negative_copies = {0, 1}, .both_strands = false};
  const ModelSpec averaging =
      net("{ type = \"conv\", filters = 8, width = 9 }, { type = \"relu\" }, { type = \"global_mean_pool\" },\n");
  EXPECT_GT(auroc(train(averaging, simulated({fixed_motif(kSite)}, density, 1500), 15, 1e-2),
                  simulated({fixed_motif(kSite)}, with_seed(density, 2), 500)),
            0.95);
  const std::vector<Motif> motifs{fixed_motif("GATAAG"), fixed_motif(kSite)};
  const SimulationSettings both{.grammar = Grammar::combination, .length = 60, .both_strands = false};
  EXPECT_GT(
      auroc(train(detector(), simulated(motifs, both, 2500), 15, 1e-2), simulated(motifs, with_seed(both, 2), 500)),
      0.9);
}

}  // namespace
}  // namespace genocuda

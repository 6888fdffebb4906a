// SPDX-License-Identifier: Apache-2.0
// Signals in the memory of the device change no result of a training.
#include "learn/data/resident_data.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/mixed_precision.h"
#include "learn/train/training_step.h"
#include "tests/learn/data/signal_nets.h"
#include "tests/learn/train/trained_bytes.h"
#include "tests/support/expect_error.h"
#include "tests/support/far_device.h"
#include "tests/support/test_device.h"

namespace genocuda {
namespace {

TrainingSettings settings() {
  TrainingSettings settings;
  settings.optimizer = {.kind = OptimizerKind::adam};
  settings.batch = 16;
  settings.epochs = 2;
  settings.jitter = 5;
  settings.reverse_complement = true;
  settings.last_batch = LastBatch::keep;
  return settings;
}

class ResidentSignals : public ::testing::TestWithParam<SignalNet> {};

TEST_P(ResidentSignals, ChangeNoBitOfATraining) {
  const ModelSpec spec = GetParam().spec();
  const Examples data = windows_with_signals(spec, 40, GetParam().missing);
  const Examples valid = subset(data, std::vector<std::int64_t>{3, 1, 4, 15, 9, 2, 6, 5, 35});
  const auto device = make_test_device();
  std::string place;
  const std::string sent = trained_bytes(*device, spec, settings(), data, &valid, DataPlacement::host, &place);
  EXPECT_EQ(place, "on the host");
  EXPECT_EQ(trained_bytes(*device, spec, settings(), data, &valid, DataPlacement::device, &place), sent);
  EXPECT_EQ(place, fmt::format("0.0 MB on {}", device->name()));
}

TEST_P(ResidentSignals, ChangeNoBitWhereTensorsAreStoredInBf16) {
  const auto device = make_test_device();
  if (!offers(*device, Precision::bf16)) GTEST_SKIP() << "bf16 is for devices that store it";
  const ModelSpec spec = GetParam().spec();
  const Examples data = windows_with_signals(spec, 32);
  TrainingSettings how = settings();
  how.epochs = 1;
  how.precision = Precision::bf16;
  EXPECT_EQ(trained_bytes(*device, spec, how, data, nullptr, DataPlacement::device),
            trained_bytes(*device, spec, how, data, nullptr, DataPlacement::host));
}

TEST_P(ResidentSignals, OfValidationMayBeOthers) {
  const ModelSpec spec = GetParam().spec();
  const Examples data = windows_with_signals(spec, 16), valid = windows_with_signals(spec, 9, 0, 20);
  TrainingSettings how = settings();
  how.epochs = 1;
  const auto device = make_test_device();
  EXPECT_EQ(trained_bytes(*device, spec, how, data, &valid, DataPlacement::device),
            trained_bytes(*device, spec, how, data, &valid, DataPlacement::host));
}

TEST_P(ResidentSignals, GiveTheTargetsThatWouldHaveBeenSent) {
  const ModelSpec spec = GetParam().spec();
  const Examples examples = windows_with_signals(spec, 60, GetParam().missing);
  const std::vector<HeadColumns> heads = head_columns(spec, {examples.length, examples.task_count()});
  const auto device = make_test_device();
  const ResidentData resident(*device, spec, examples, heads, {});
  Graph graph;
  const std::vector<TargetValues> values = resident.targets(graph, 60);
  for (std::size_t h = 0; h < heads.size(); ++h) graph.output(heads[h].name, values[h].labels);
  VariableStore variables(*device);
  // What is missing is no fault.
  Executable executable(graph, variables, {.check_finite = true}, resident.shared());

  std::vector<std::int64_t> all;
  for (std::int64_t i = 0; i < 60; ++i) all.push_back(i);
  Batch batch{.filled = 60, .inputs = {}, .targets = {}, .rows = all, .target_places = {}};
  for (const HeadColumns& head : heads) {
    batch.target_places.push_back(
        head.signal ? resident.windows().places(head.signal->name, examples.windows, head.signal->bases)
                    : std::vector<std::int64_t>());
  }
  resident.write(executable, batch);
  executable.run();
  fill_targets(heads, {}, examples, all, examples.windows, 60, batch.targets);
  for (std::size_t h = 0; h < heads.size(); ++h) {
    const std::vector<float> given = executable.read<float>(heads[h].name);
    ASSERT_EQ(given.size(), batch.targets[h].labels.size()) << heads[h].name;
    std::size_t missing = 0;
    for (std::size_t i = 0; i < given.size(); ++i) {
      const float sent = batch.targets[h].labels[i];
      missing += std::isnan(sent);
      EXPECT_TRUE(given[i] == sent || (std::isnan(given[i]) && std::isnan(sent)))
          << heads[h].name << " of " << i << ": " << given[i] << " and not " << sent;
    }
    const bool some_lack = heads[h].signal && std::isnan(GetParam().missing) && heads[h].signal->name != "low";
    EXPECT_EQ(missing > 0, some_lack || heads[h].name == "bound") << heads[h].name;
  }
}

INSTANTIATE_TEST_SUITE_P(Nets, ResidentSignals, ::testing::ValuesIn(signal_nets()),
                         [](const auto& net) { return net.param.name; });

TEST(ResidentData, IsSentWhereItDoesNotFit) {
  const ModelSpec spec = denoising_net();
  const Examples data = windows_with_signals(spec, 32);
  TrainingSettings how = settings();
  how.epochs = 1;
  FarDevice plenty(std::size_t{1} << 40);
  const std::string expected = trained_bytes(plenty, spec, how, data, nullptr, DataPlacement::host);
  FarDevice tight(plenty.most + 100);
  std::string place;
  EXPECT_EQ(trained_bytes(tight, spec, how, data, nullptr, DataPlacement::automatic, &place), expected);
  EXPECT_EQ(place, "on the host: they do not fit on far beside the network");
  EXPECT_EQ(tight.used, 0u);
  expect_error(
      ErrorKind::out_of_memory, [&] { trained_bytes(tight, spec, how, data, nullptr, DataPlacement::device); },
      "do not fit");
}

}  // namespace
}  // namespace genocuda

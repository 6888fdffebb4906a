// SPDX-License-Identifier: Apache-2.0
// Models trained on one device serve on the other, and runs begun on one go on on the other: the CPU, and the device of
// this test program.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "host/cpu_device.h"
#include "learn/predict/predictor.h"
#include "learn/train/trainer.h"
#include "tests/kernels/device_array.h"
#include "tests/learn/train/toy.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

struct Mode {
  Precision precision;
  double trained;  ///< how far a probability may be off
  double resumed;  ///< the same, where a third of the training was done on the other device
};

void PrintTo(const Mode& mode, std::ostream* stream) { *stream << name_of(mode.precision); }

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < b.size(); ++i) largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

class TrainedModelTest : public ::testing::TestWithParam<Mode> {
 protected:
  /// Trains in `folder` up to and with this epoch, and goes on where there is a checkpoint.
  TrainingResult train(const TemporaryFolder& folder, Device& device, std::int64_t epochs,
                       DataPlacement data = DataPlacement::device) {
    TrainingSettings settings = toy::settings();
    settings.epochs = epochs;
    settings.reverse_complement = true;
    settings.precision = GetParam().precision;
    // With the usual one, steps are all but the signs of gradients, and where those are next to nothing, rounding
    // decides.
    settings.optimizer.epsilon = 1e-2;
    return Trainer(toy::net(), settings, device, data_, &valid_,
                   {.directory = folder.path(), .resume = true, .data = data})
        .run();
  }

  /// Of the model in that folder, [examples, tasks].
  std::vector<float> predictions(const TemporaryFolder& folder, Device& device) const {
    const TrainedModel model = read_trained_model(folder.path("model.safetensors"));
    return Predictor(model, device, {.batch = 64, .executable = {.precision = GetParam().precision}}).predict(valid_);
  }

  const std::unique_ptr<Device> cpu_ = make_cpu_device(1);
  Device& device_ = kernel_test::device();
  const Examples data_ = toy::motifs(160, 1), valid_ = toy::motifs(100, 2);
};

TEST_P(TrainedModelTest, PredictsTheSameOnBothDevices) {
  const TemporaryFolder folder;
  train(folder, *cpu_, 3);
  const std::vector<float> expected = predictions(folder, *cpu_), found = predictions(folder, device_);
  const auto [least, most] = std::ranges::minmax(expected);
  ASSERT_GT(most - least, 0.5) << "nothing was learned";
  const double apart = largest_difference(found, expected);
  EXPECT_LE(apart, GetParam().trained);
  RecordProperty("prediction", fmt::format("{:.3g}", apart));
}

TEST_P(TrainedModelTest, TrainingGoesOnOnTheOtherDevice) {
  const TemporaryFolder there_and_back, on_cpu;
  train(there_and_back, *cpu_, 1);
  train(there_and_back, device_, 2);
  const TrainingResult found = train(there_and_back, *cpu_, 3), expected = train(on_cpu, *cpu_, 3);
  EXPECT_EQ(found.epochs, 3);
  EXPECT_NEAR(*found.best, *expected.best, 2e-2);
  const double apart = largest_difference(predictions(there_and_back, *cpu_), predictions(on_cpu, *cpu_));
  EXPECT_LE(apart, GetParam().resumed);
  RecordProperty("prediction_resumed", fmt::format("{:.3g}", apart));
}

TEST_P(TrainedModelTest, TwoTrainingsGiveTheSameBits) {
  const TemporaryFolder first, second;
  train(first, device_, 2);
  train(second, device_, 1);
  train(second, device_, 2, DataPlacement::host);  // resumed, and its data sent batch by batch
  for (const std::string name : {"model.safetensors", "checkpoint.safetensors", "metrics.jsonl"}) {
    const std::string bytes = toy::without_timings(toy::read_bytes(first.path(name)));
    EXPECT_FALSE(bytes.empty()) << name;
    EXPECT_TRUE(bytes == toy::without_timings(toy::read_bytes(second.path(name)))) << name << " differs";
  }
}

constexpr Mode kModes[] = {{Precision::fp32, 2e-6, 1e-5}, {Precision::tf32, 1e-3, 1e-3}, {Precision::bf16, 1e-2, 2e-2}};

INSTANTIATE_TEST_SUITE_P(Precisions, TrainedModelTest, ::testing::ValuesIn(kModes),
                         [](const auto& mode) { return std::string(name_of(mode.param.precision)); });

// For docs/parity.md.
TEST(Tolerances, OfTrainedModelsAreReported) {
  for (const Mode& mode : kModes) {
    EXPECT_GE(mode.resumed, mode.trained);
    RecordProperty(std::string(name_of(mode.precision)),
                   fmt::format("prediction={} prediction_resumed={}", mode.trained, mode.resumed));
  }
}

}  // namespace
}  // namespace genocuda

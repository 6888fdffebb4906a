// SPDX-License-Identifier: Apache-2.0
// Where the data of predictions lie changes none of them.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "learn/predict/predictor.h"
#include "learn/train/trainer.h"
#include "tests/learn/data/signal_nets.h"
#include "tests/learn/train/trained_bytes.h"
#include "tests/support/expect_error.h"
#include "tests/support/far_device.h"
#include "tests/support/test_device.h"

namespace genocuda {
namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 40;

TrainedModel trained(Device& device, const ModelSpec& spec, const Examples& data) {
  TrainingSettings settings;
  settings.batch = 16;
  settings.epochs = 1;
  return Trainer(spec, settings, device, data, nullptr, {.data = DataPlacement::host}).run().model;
}

/// The figures, and the bits of all predictions.
std::string evaluated(Predictor& predictor, const Examples& examples) {
  std::vector<float> predictions;
  const MetricsReport report = predictor.evaluate(examples, {}, &predictions);
  return report_json(report).dump() +
         std::string(reinterpret_cast<const char*>(predictions.data()), predictions.size() * sizeof(float));
}

class PlacedPredictions : public ::testing::TestWithParam<SignalNet> {};

TEST_P(PlacedPredictions, AreTheSameBits) {
  const ModelSpec spec = GetParam().spec();
  const Examples data = windows_with_signals(spec, 40, GetParam().missing),
                 other = windows_with_signals(spec, 23, 0, 9);
  const auto device = make_test_device();
  const TrainedModel model = trained(*device, spec, data);
  for (const bool rc_average : {false, true}) {
    PredictorOptions options{.batch = 16, .rc_average = rc_average};
    Predictor sent(model, *device, options);
    options.data = DataPlacement::device;
    Predictor placed(model, *device, options);
    for (const Examples* examples : {&data, &other, &data}) {
      EXPECT_EQ(placed.predict(*examples), sent.predict(*examples));
      EXPECT_EQ(evaluated(placed, *examples), evaluated(sent, *examples));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Nets, PlacedPredictions, ::testing::ValuesIn(signal_nets()),
                         [](const auto& net) { return net.param.name; });

/// A model over DNA, and windows of a genome that is large beside it.
class PlacedPrediction : public ::testing::Test {
 protected:
  void SetUp() override {
    auto genome = std::make_shared<Genome>("large");
    std::string letters;
    for (int i = 0; i < 4'000'000; ++i) letters += "ACGT"[i * std::int64_t{i} % 7 % 4];
    genome->add("chr1", PackedSequence(letters));
    data_ = toy::motifs(64, 1);
    data_.genome = genome;
    for (std::int64_t i = 0; i < data_.size(); ++i) {
      data_.windows[static_cast<std::size_t>(i)] = {0, Strand::forward, 61'000 * i};
    }
    FarDevice plenty(kPlenty);
    model_ = trained(plenty, toy::net(), data_);
    plenty.most = 0;
    expected_ = Predictor(model_, plenty, {.batch = 64}).predict(data_);
    sent_bytes_ = plenty.most;
  }

  PredictorOptions options(DataPlacement data) {
    return {.batch = 64, .data = data, .on_notice = [&](const std::string& line) { notices_.push_back(line); }};
  }

  Examples data_;
  TrainedModel model_;
  std::vector<float> expected_;
  std::size_t sent_bytes_ = 0;  ///< of device memory that predicting takes without the data
  std::vector<std::string> notices_;
  static constexpr std::size_t kGenomeBytes = 4'000'000 / 8 * 3;
};

TEST_F(PlacedPrediction, KeepsTheGenomeForTheNextExamplesOfIt) {
  FarDevice device(kPlenty);
  Predictor predictor(model_, device, options(DataPlacement::automatic));
  EXPECT_EQ(predictor.predict(data_), expected_);
  const std::size_t used = device.used;
  EXPECT_GT(used, kGenomeBytes);
  EXPECT_LT(used, 2 * kGenomeBytes);
  device.most = 0;
  predictor.predict(subset(data_, std::vector<std::int64_t>{5, 8}));
  EXPECT_LT(device.most, 2 * kGenomeBytes) << "no second copy";

  const Examples others = toy::motifs(64, 3);
  FarDevice plenty(kPlenty);
  EXPECT_EQ(predictor.predict(others), Predictor(model_, plenty, {.batch = 64}).predict(others));
  EXPECT_LT(device.used, kGenomeBytes) << "the genome has gone";
  EXPECT_TRUE(notices_.empty());
}

TEST_F(PlacedPrediction, SendsWhatDoesNotFitAndSaysSo) {
  for (const std::size_t limit : {kGenomeBytes / 2, kGenomeBytes + sent_bytes_ / 2}) {
    notices_.clear();
    FarDevice tight(limit);
    Predictor predictor(model_, tight, options(DataPlacement::automatic));
    EXPECT_EQ(predictor.predict(data_), expected_) << "at the whole batch";
    EXPECT_EQ(predictor.predict(data_), expected_);
    EXPECT_EQ(notices_, std::vector{"predicting by " + model_.spec.name +
                                    ": data on the host: they do not fit on far beside the network"});
    EXPECT_LT(tight.used, kGenomeBytes / 2);
    FarDevice again(limit);
    expect_error(
        ErrorKind::out_of_memory, [&] { Predictor(model_, again, options(DataPlacement::device)).predict(data_); },
        "do not fit", "leave them on the host");
  }
}

TEST_F(PlacedPrediction, OfMoreExamplesMayLeaveTheGenomeNoRoom) {
  FarDevice tight(kGenomeBytes + sent_bytes_ / 2);
  Predictor predictor(model_, tight, options(DataPlacement::automatic));
  predictor.predict(subset(data_, std::vector<std::int64_t>{5}));
  EXPECT_GT(tight.used, kGenomeBytes);
  EXPECT_TRUE(notices_.empty());
  EXPECT_EQ(predictor.predict(data_), expected_);
  EXPECT_LT(tight.used, kGenomeBytes);
  EXPECT_EQ(notices_.size(), 1u);
}

TEST_F(PlacedPrediction, OfValidationMayLeaveTheTrainingDataNoRoom) {
  TrainingSettings settings = toy::settings();
  settings.epochs = 2;
  FarDevice plenty(kPlenty);
  trained_bytes(plenty, toy::net(), settings, data_, nullptr, DataPlacement::device);
  FarDevice tight(plenty.most + 100);
  std::string place;
  const std::string sent = trained_bytes(tight, toy::net(), settings, data_, &data_, DataPlacement::host);
  EXPECT_EQ(trained_bytes(tight, toy::net(), settings, data_, &data_, DataPlacement::automatic, &place), sent);
  EXPECT_EQ(place, "on the host: they do not fit on far beside the network");
  expect_error(
      ErrorKind::out_of_memory,
      [&] { trained_bytes(tight, toy::net(), settings, data_, &data_, DataPlacement::device); }, "do not fit",
      "predicting by");

  plenty.most = 0;
  trained_bytes(plenty, toy::net(), settings, data_, nullptr, DataPlacement::host);
  FarDevice full(plenty.most + 100);
  expect_error(
      ErrorKind::out_of_memory,
      [&] { trained_bytes(full, toy::net(), settings, data_, &data_, DataPlacement::automatic); },
      "with batch 32 leaves no room on far for the validation", "take a smaller --batch");
}

}  // namespace
}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/train/sampler.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "core/dna.h"
#include "learn/train/prefetch.h"
#include "tests/learn/train/toy.h"
#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

const std::vector<HeadColumns> kBinary{{"output", LossKind::bce_with_logits, 1, 0, 2}};

TEST(EpochOrder, IsAPermutationThatSeedAndEpochDecide) {
  const auto order = epoch_order(1000, 3, 5);
  auto sorted = order;
  std::ranges::sort(sorted);
  for (std::int64_t i = 0; i < 1000; ++i) ASSERT_EQ(sorted[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(order, epoch_order(1000, 3, 5));
  EXPECT_NE(order, epoch_order(1000, 3, 6));
  EXPECT_NE(order, epoch_order(1000, 4, 5));
  EXPECT_EQ(epoch_order(1, 0, 0), std::vector<std::int64_t>{0});
}

TEST(EpochOrder, PutsEveryExampleEverywhereEquallyOften) {
  // 4 examples in 24 orders, 12000 draws: 500 each within 5 standard deviations.
  std::map<std::vector<std::int64_t>, int> seen;
  for (std::int64_t epoch = 0; epoch < 12000; ++epoch) ++seen[epoch_order(4, 1, epoch)];
  EXPECT_EQ(seen.size(), 24u);
  for (const auto& [order, count] : seen) EXPECT_NEAR(count, 500, 5 * std::sqrt(500.0));
}

TEST(Augmentation, ShiftsAndFlipsAsSettingsSay) {
  TrainingSettings settings;
  const Window window{2, Strand::forward, 100};
  EXPECT_EQ(augmented(window, settings, 1, 1), window);

  settings.jitter = 2;
  std::map<std::int64_t, int> shifts;
  for (std::int64_t example = 0; example < 5000; ++example) {
    const Window moved = augmented(window, settings, 1, example);
    EXPECT_EQ(moved.strand, Strand::forward);
    EXPECT_EQ(moved.contig, 2);
    EXPECT_EQ(moved, augmented(window, settings, 1, example)) << "the same epoch and example give the same window";
    ++shifts[moved.start - 100];
  }
  ASSERT_EQ(shifts.size(), 5u);
  EXPECT_EQ(shifts.begin()->first, -2);
  for (const auto& [shift, count] : shifts) EXPECT_NEAR(count, 1000, 5 * std::sqrt(800.0)) << shift;

  settings.jitter = 0;
  settings.reverse_complement = true;
  int flipped = 0;
  for (std::int64_t epoch = 0; epoch < 5000; ++epoch) {
    const Window turned = augmented(window, settings, epoch, 7);
    EXPECT_EQ(turned.start, 100);
    flipped += turned.strand == Strand::reverse ? 1 : 0;
  }
  EXPECT_NEAR(flipped, 2500, 5 * std::sqrt(1250.0));
}

TEST(TrainingSampler, FillsBatchesWithWindowsAndLabelsOfTheOrder) {
  const Examples examples = toy::motifs(50, 1);
  TrainingSettings settings = toy::settings();
  settings.batch = 16;
  settings.jitter = 3;
  settings.reverse_complement = true;
  settings.class_weights = {ClassWeights::Kind::positives, {3}};
  const TrainingSampler sampler(examples, settings, kBinary);
  EXPECT_EQ(sampler.steps_per_epoch(), 3) << "two examples of fifty are left over";
  const auto order = sampler.order(4);
  Batch batch;
  sampler.fill(order, 4, 2, WindowInputs({}, {toy::kLength, 2}), batch);
  EXPECT_EQ(batch.filled, 16);
  ASSERT_EQ(batch.targets.size(), 1u);
  const auto row_words = static_cast<std::size_t>(dna::row_words(toy::kLength));
  for (std::size_t row = 0; row < 16; ++row) {
    const std::int64_t example = order[32 + row];
    const Window window = augmented(examples.windows[static_cast<std::size_t>(example)], settings, 4, example);
    EXPECT_EQ(row_letters(batch.inputs.dna.data() + row * row_words, toy::kLength),
              examples.genome->sequence(window.contig).letters(window.start, toy::kLength, window.strand));
    for (std::int64_t task = 0; task < 2; ++task) {
      const float label = examples.labels.get(example, task);
      const std::size_t place = row * 2 + static_cast<std::size_t>(task);
      if (std::isnan(label)) {
        EXPECT_EQ(batch.targets[0].weights[place], 0);
      } else {
        EXPECT_EQ(batch.targets[0].labels[place], label);
        EXPECT_EQ(batch.targets[0].weights[place], label > 0 ? 3 : 1);
      }
    }
  }
}

TEST(TrainingSampler, TakesFewerExamplesThanABatch) {
  const Examples examples = toy::motifs(5, 1);
  const TrainingSampler sampler(examples, toy::settings(), kBinary);
  EXPECT_EQ(sampler.batch(), 5);
  EXPECT_EQ(sampler.steps_per_epoch(), 1);
  const Examples none = subset(examples, {});
  expect_error(
      ErrorKind::invalid_argument, [&] { TrainingSampler(none, toy::settings(), kBinary); }, "no training");
}

TEST(LabelWeights, BalanceClassesPerTask) {
  Examples examples = toy::motifs(8, 1);
  examples.labels = LabelMatrix(8, 2);
  examples.labels.set(0, 0, 1);
  examples.labels.set(1, 0, 1);
  const LabelWeights balanced({ClassWeights::Kind::balanced, {}}, kBinary, examples);
  EXPECT_FLOAT_EQ(balanced.of(0, 1), 8.0f / (2 * 2));
  EXPECT_FLOAT_EQ(balanced.of(0, 0), 8.0f / (2 * 6));
  EXPECT_FLOAT_EQ(balanced.of(1, 0), 8.0f / (2 * 8));
  EXPECT_EQ(balanced.of(0, std::nanf("")), 0);

  const LabelWeights one({ClassWeights::Kind::positives, {5}}, kBinary, examples);
  EXPECT_EQ(one.of(1, 1), 5);
  EXPECT_EQ(one.of(1, 0), 1);
  const LabelWeights each({ClassWeights::Kind::positives, {5, 7}}, kBinary, examples);
  EXPECT_EQ(each.of(0, 1), 5);
  EXPECT_EQ(each.of(1, 1), 7);
  expect_error(
      ErrorKind::invalid_argument,
      [&] {
        LabelWeights({ClassWeights::Kind::positives, {1, 2, 3}}, kBinary, examples);
      },
      "3 numbers", "2 tasks");
  const std::vector<HeadColumns> signal{{"counts", LossKind::mse, 1, 0, 2}};
  expect_error(
      ErrorKind::invalid_argument,
      [&] {
        LabelWeights({ClassWeights::Kind::balanced, {}}, signal, examples);
      },
      "'counts'", "mse");
}

TEST(LabelWeights, OfASoftmaxOutputAreOfTheRow) {
  Examples examples = toy::motifs(4, 1);
  examples.labels = LabelMatrix(4, 2);
  for (std::int64_t i = 0; i < 4; ++i) examples.labels.set(i, i == 0 ? 0 : 1, 1);
  const HeadColumns head{"class", LossKind::softmax_cross_entropy, 1, 0, 2};
  const LabelWeights balanced({ClassWeights::Kind::balanced, {}}, std::span(&head, 1), examples);
  const float first[] = {1, 0}, second[] = {0, 1}, missing[] = {0, std::nanf("")};
  EXPECT_FLOAT_EQ(balanced.of_row(head, first), 4.0f / (2 * 1));
  EXPECT_FLOAT_EQ(balanced.of_row(head, second), 4.0f / (2 * 3));
  EXPECT_EQ(balanced.of_row(head, missing), 0);
}

TEST(Targets, AreCutByOutputsAndFilledUp) {
  const std::vector<HeadColumns> heads{{"sites", LossKind::bce_with_logits, 1, 0, 2, 0},
                                       {"class", LossKind::softmax_cross_entropy, 1, 2, 3, 2}};
  Examples examples;
  examples.tasks = {"a", "b", "x", "y", "z"};
  examples.labels = LabelMatrix(0, 5);
  examples.labels.append_row(std::vector<float>{1, 0, 0, 1, 0});
  examples.labels.append_row(std::vector<float>{0, std::nanf(""), 1, 0, 0});
  const std::int64_t both[] = {0, 1};
  std::vector<Target> targets;
  fill_targets(heads, {}, examples, both, {}, 3, targets);
  ASSERT_EQ(targets.size(), 2u);
  EXPECT_EQ(targets[0].weights, (std::vector<float>{1, 1, 1, 0, 0, 0}));
  EXPECT_EQ(targets[0].labels[2], 0);
  EXPECT_EQ(targets[1].weights, (std::vector<float>{1, 1, 0}));
  EXPECT_EQ(targets[1].labels[3], 1);
  EXPECT_TRUE(std::isnan(targets[1].labels[8])) << "rows that fill up have no labels";
}

TEST(Prefetch, GivesBatchesInOrder) {
  Prefetch batches(3, 40, [](std::int64_t index, Batch& batch) { batch.filled = index; });
  for (std::int64_t index = 3; index < 40; ++index) {
    const Batch& batch = batches.next();
    EXPECT_EQ(batch.filled, index);
    std::this_thread::yield();
    EXPECT_EQ(batch.filled, index) << "a batch stays until the next is asked for";
  }
}

TEST(Prefetch, PassesOnWhatWasThrownInItsPlace) {
  Prefetch batches(0, 10, [](std::int64_t index, Batch& batch) {
    if (index == 2) throw Error(ErrorKind::input_file, "gone");
    batch.filled = index;
  });
  EXPECT_EQ(batches.next().filled, 0);
  EXPECT_EQ(batches.next().filled, 1);
  expect_error(
      ErrorKind::input_file, [&] { batches.next(); }, "gone");
}

TEST(Prefetch, CanBeLeftAtAnyTime) {
  for (int taken = 0; taken < 4; ++taken) {
    Prefetch batches(0, 100, [](std::int64_t index, Batch& batch) { batch.filled = index; });
    for (int i = 0; i < taken; ++i) batches.next();
  }
}

}  // namespace
}  // namespace genocuda

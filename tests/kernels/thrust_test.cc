// SPDX-License-Identifier: Apache-2.0
// Ranking, k-mers and compaction against the host's own: on the device that Thrust was compiled for.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "core/dna.h"
#include "kernels/compaction.h"
#include "kernels/kmers.h"
#include "kernels/ranking.h"
#include "learn/metrics/ranking.h"
#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// A number below `bound`, told apart by `i`.
std::uint32_t scrambled(std::uint32_t i, std::uint32_t bound) {
  i = (i ^ i >> 15) * 0x2c1b3c6du;
  i = (i ^ i >> 12) * 0x297a2d39u;
  return (i ^ i >> 15) % bound;
}

kernels::Ranking rank(const std::vector<float>& scores, const std::vector<float>& labels, std::int64_t task = 0,
                      std::int64_t tasks = 1) {
  const DeviceArray<float> s(scores), l(labels);
  const std::int64_t examples = static_cast<std::int64_t>(scores.size()) / tasks;
  const DeviceArray<std::byte> scratch(kernels::ranking_scratch(examples));
  return kernels::rank_scores({examples, s.data() + task, l.data() + task, tasks}, scratch.data(), native_stream());
}

void expect_as_on_the_host(const kernels::Ranking& ranking, const std::vector<float>& scores,
                           const std::vector<float>& labels, std::size_t task = 0, std::size_t tasks = 1) {
  std::vector<double> known_scores, known_labels;
  for (std::size_t i = task; i < scores.size(); i += tasks) {
    if (std::isnan(labels[i])) continue;
    known_scores.push_back(scores[i]);
    known_labels.push_back(labels[i]);
  }
  const std::vector<TieGroup> groups = rank_by_score(known_scores, known_labels);
  const double area = auroc(groups), precision = average_precision(groups);
  if (std::isnan(area)) {
    EXPECT_TRUE(std::isnan(ranking.auroc));
  } else {
    EXPECT_EQ(ranking.auroc, area);
  }
  if (std::isnan(precision)) {
    EXPECT_TRUE(std::isnan(ranking.average_precision));
  } else {
    EXPECT_NEAR(ranking.average_precision, precision, 1e-13);
  }
  EXPECT_EQ(ranking.positives + ranking.negatives, static_cast<std::int64_t>(known_labels.size()));
  EXPECT_EQ(ranking.positives, std::count(known_labels.begin(), known_labels.end(), 1.0));
}

TEST(RankScores, IsThatOfTheHostWhateverTheTies) {
  for (const std::uint32_t levels : {1u, 2u, 10u, 1000u, 1000000u}) {
    for (const std::uint32_t n : {2u, 17u, 1000u, 20000u}) {
      std::vector<float> scores, labels;
      for (std::uint32_t i = 0; i < n; ++i) {
        scores.push_back(static_cast<float>(scrambled(i, levels)) / static_cast<float>(levels) - 0.5f);
        labels.push_back(scrambled(i + n, 9) == 0 ? kNaN : static_cast<float>(scrambled(i + 7, 4) == 0));
      }
      expect_as_on_the_host(rank(scores, labels), scores, labels);
    }
  }
}

TEST(RankScores, ReadsATaskWhereItLies) {
  constexpr std::size_t kTasks = 3;
  std::vector<float> scores, labels;
  for (std::uint32_t i = 0; i < 500 * kTasks; ++i) {
    scores.push_back(static_cast<float>(scrambled(i, 100)));
    labels.push_back(static_cast<float>(scrambled(i + 3, 2)));
  }
  for (std::size_t task = 0; task < kTasks; ++task) {
    expect_as_on_the_host(rank(scores, labels, static_cast<std::int64_t>(task), kTasks), scores, labels, task, kTasks);
  }
}

TEST(RankScores, TakesBothZerosAsOneScore) {
  const std::vector<float> scores{0.0f, -0.0f, 0.0f, -0.0f}, labels{1, 0, 0, 1};
  EXPECT_EQ(rank(scores, labels).auroc, 0.5);
  EXPECT_EQ(rank(scores, labels).average_precision, 0.5);
}

TEST(RankScores, HasNoFigureWithoutBothClassesOrWithANaN) {
  const kernels::Ranking negatives = rank({1, 2, 3}, {0, 0, kNaN});
  EXPECT_TRUE(std::isnan(negatives.auroc) && std::isnan(negatives.average_precision));
  EXPECT_EQ(negatives.negatives, 2);
  const kernels::Ranking positives = rank({1, 2, 3}, {1, 1, kNaN});
  EXPECT_TRUE(std::isnan(positives.auroc));
  EXPECT_EQ(positives.average_precision, 1);
  EXPECT_TRUE(std::isnan(rank({}, {}).auroc));
  const kernels::Ranking broken = rank({1, kNaN, 3}, {1, 0, 0});
  EXPECT_TRUE(std::isnan(broken.auroc) && std::isnan(broken.average_precision));
  // The score of an example without a label may be anything.
  EXPECT_EQ(rank({1, kNaN, 3}, {0, kNaN, 1}).auroc, 1);
}

/// Sequences with some N, and the same as rows of a dna tensor.
struct Dna {
  std::vector<std::string> sequences;
  std::vector<std::uint32_t> rows;
};

Dna make_dna(std::size_t batch, std::size_t length, std::uint32_t salt) {
  Dna made;
  const auto row_words = static_cast<std::size_t>(dna::row_words(static_cast<std::int64_t>(length)));
  made.rows.resize(batch * row_words);
  for (std::size_t b = 0; b < batch; ++b) {
    std::string& sequence = made.sequences.emplace_back();
    for (std::size_t i = 0; i < length; ++i) {
      const auto place = static_cast<std::uint32_t>(b * length + i);
      sequence += scrambled(place + salt, 40) == 0 ? 'N' : dna::kLetters[scrambled(place * 3 + salt, 4)];
      dna::set(made.rows.data() + b * row_words, static_cast<std::int64_t>(length), static_cast<std::int64_t>(i),
               dna::code_of(sequence.back()));
    }
  }
  return made;
}

std::uint32_t number_of(const std::string& word) {
  std::uint32_t number = 0;
  for (const char letter : word) number = number * 4 + dna::code_of(letter);
  return number;
}

std::map<std::uint32_t, std::int64_t> expected_counts(const Dna& data, std::size_t k, bool canonical) {
  std::map<std::uint32_t, std::int64_t> counts;
  for (const std::string& sequence : data.sequences) {
    for (std::size_t i = 0; i + k <= sequence.size(); ++i) {
      const std::string word = sequence.substr(i, k);
      if (word.find('N') != std::string::npos) continue;
      std::string other(word.rbegin(), word.rend());
      for (char& letter : other) letter = dna::kLetters[3 - dna::code_of(letter)];
      ++counts[canonical ? std::min(number_of(word), number_of(other)) : number_of(word)];
    }
  }
  return counts;
}

TEST(Kmers, AreCountedAsInTheText) {
  for (const std::size_t length : {1u, 5u, 16u, 33u, 200u}) {
    const Dna data = make_dna(7, length, static_cast<std::uint32_t>(length));
    const DeviceArray<std::uint32_t> rows(data.rows);
    for (const int k : {1, 2, 5, 8, 12}) {
      for (const bool canonical : {false, true}) {
        const kernels::KmerWindows windows{rows.data(), 7, static_cast<std::int64_t>(length), k, canonical};
        const auto expected = expected_counts(data, static_cast<std::size_t>(k), canonical);
        const DeviceArray<std::byte> scratch(kernels::kmer_scratch(windows));

        const auto room = static_cast<std::size_t>(std::min(windows.count(), windows.words()));
        const DeviceArray<std::uint32_t> kmers(room);
        const DeviceArray<std::int64_t> counts(room);
        const std::int64_t distinct =
            kernels::list_kmers(windows, kmers.data(), counts.data(), scratch.data(), native_stream());
        ASSERT_EQ(distinct, static_cast<std::int64_t>(expected.size())) << k << ' ' << length;
        const std::vector<std::uint32_t> listed = kmers.read();
        const std::vector<std::int64_t> listed_counts = counts.read();
        std::size_t i = 0;
        for (const auto& [kmer, count] : expected) {
          EXPECT_EQ(listed[i], kmer);
          EXPECT_EQ(listed_counts[i++], count);
        }

        if (k == 12 && (canonical || length != 200)) continue;  // 128 MB of table are enough once
        const DeviceArray<std::int64_t> table(static_cast<std::size_t>(windows.words()));
        kernels::count_kmers(windows, table.data(), scratch.data(), native_stream());
        std::vector<std::int64_t> dense(table.size(), 0);
        for (const auto& [kmer, count] : expected) dense[kmer] = count;
        EXPECT_EQ(table.read(), dense) << k << ' ' << length;
      }
    }
  }
}

TEST(Select, ListsRowsInOrder) {
  std::vector<std::uint8_t> flags;
  std::vector<float> values;
  std::vector<std::int64_t> flagged, high;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    flags.push_back(static_cast<std::uint8_t>(scrambled(i, 3)));
    values.push_back(i % 50 == 0 ? kNaN : static_cast<float>(scrambled(i + 9, 100)));
    values.push_back(1000);  // of another task
    if (flags.back() != 0) flagged.push_back(i);
    if (values[2 * i] >= 40) high.push_back(i);
  }
  const DeviceArray<std::uint8_t> f(flags);
  const DeviceArray<float> v(values);
  const DeviceArray<std::int64_t> indices(flags.size());
  const auto listed = [&](std::int64_t count) {
    std::vector<std::int64_t> all = indices.read();
    all.resize(static_cast<std::size_t>(count));
    return all;
  };
  EXPECT_EQ(listed(kernels::select_flagged(5000, f.data(), indices.data(), native_stream())), flagged);
  EXPECT_EQ(listed(kernels::select_at_least(5000, v.data(), 2, 40, indices.data(), native_stream())), high);
  EXPECT_EQ(kernels::select_flagged(0, f.data(), indices.data(), native_stream()), 0);
}

}  // namespace
}  // namespace genocuda::kernel_test

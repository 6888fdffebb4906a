// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "genomics/signal_track.h"
#include "tests/apps/signals.h"

namespace genocuda::cli {
namespace {

TEST_F(Signals, PredictWritesTracksThatAgreeWithTheTable) {
  train("one", "-s reads.bedgraph --bin 100 --lr 0.02 --epochs 3");
  folder_.write("place.bed", "chr2\t1000\t1100\n");
  const std::vector<std::string> table = lines(predict("one", "--regions place.bed").out);
  const auto header = columns(table.at(0)), row = columns(table.at(1));
  ASSERT_EQ(header.size(), 4u + 101u);
  EXPECT_EQ(header.at(4), "profile.1");
  EXPECT_EQ(header.at(104), "counts");
  const double total = std::expm1(std::stod(row.at(104)));
  ASSERT_GT(total, 1);
  predict("one", "--regions place.bed -o place.bedgraph");
  const auto track = values("place.bedgraph");
  ASSERT_EQ(track.size(), 100u);
  for (int i = 0; i < 100; ++i) {
    const double expected = std::stod(row.at(static_cast<std::size_t>(4 + i))) * total;
    EXPECT_NEAR(track.at({"chr2", 1000 + i}), expected, 1e-5 * total) << i;
  }
}

TEST_F(Signals, WhereDataLieChangesNoPrediction) {
  const std::string controls = "-c control.bedgraph,minus.bedgraph ", reads = "-s reads=reads.bedgraph,minus.bedgraph ";
  train("two", reads + controls + "--bin 100");
  std::string left[2];
  for (const bool device : {false, true}) {
    const std::string how = controls + "--data-on " + (device ? "device " : "host ");
    predict("two", how + "-o out.bedgraph");
    left[device] =
        predict("two", how + "--regions peaks.bed").out + folder_.content("out.1.bedgraph") +
        run("evaluate -q --genome genome.fa --regions peaks.bed --model two/model.safetensors " + reads + how).out;
  }
  EXPECT_GT(left[0].size(), 10'000u);
  EXPECT_TRUE(left[0] == left[1]);
}

TEST_F(Signals, TracksCoverEachBaseOnce) {
  train("one", "-s reads.bedgraph --bin 100");
  EXPECT_EQ(predict("one", "-o all.bedgraph").out, "");
  const auto all = values("all.bedgraph");
  EXPECT_EQ(all.size(), 4 * kContig);
  predict("one", "-o all.bw --batch 7");
  predict("one", "-o again.bedgraph.gz --batch 7");
  for (const char* name : {"all.bw", "again.bedgraph.gz"}) {
    const auto track = open_signal(folder_.path(name));
    ASSERT_EQ(track->contigs().size(), 4) << name;
    for (std::int32_t contig = 0; contig < 4; ++contig) {
      std::vector<float> read(kContig);
      track->values(contig, 0, read, -1);
      for (int at = 0; at < kContig; ++at) {
        ASSERT_NEAR(read[static_cast<std::size_t>(at)], all.at({track->contigs().names[contig], at}), 1e-5) << at;
      }
    }
  }
  predict("one", "-o some.bedgraph --skip-contigs chr1,3");
  EXPECT_EQ(values("some.bedgraph").size(), 2 * kContig);

  folder_.write("places.bed", "chr2\t950\t1130\nchr2\t1100\t1301\nchr1\t3990\t4000\n");
  predict("one", "--regions places.bed -o places.bedgraph");
  const auto places = values("places.bedgraph");
  EXPECT_EQ(places.size(), 351u + 10u);
  EXPECT_TRUE(places.contains({"chr2", 950}) && places.contains({"chr2", 1300}) && places.contains({"chr1", 3999}));
}

TEST_F(Signals, EveryChannelHasAFile) {
  train("two",
        "-s reads=reads.bedgraph,minus.bedgraph -c control.bedgraph,minus.bedgraph --bin 100 --lr 0.02 --epochs 3");
  folder_.write("place.bed", "chr3\t100\t200\n");
  const std::string controls = "-c control.bedgraph,minus.bedgraph --regions place.bed ";
  const auto row = columns(lines(predict("two", controls).out).at(1));
  predict("two", controls + "-o out.bedgraph");
  EXPECT_FALSE(folder_.exists("out.bedgraph"));
  const double total = std::expm1(std::stod(row.back()));
  ASSERT_GT(total, 1);
  for (const int channel : {1, 2}) {
    const auto track = values(fmt::format("out.{}.bedgraph", channel));
    ASSERT_EQ(track.size(), 100u);
    for (int i = 0; i < 100; ++i) {
      const double share = std::stod(row.at(static_cast<std::size_t>(4 + 2 * i + channel - 1)));
      EXPECT_NEAR(track.at({"chr3", 100 + i}), share * total, 1e-5 * std::abs(total)) << channel << " " << i;
    }
  }
}

TEST_F(Signals, NoChannelsFileReplacesAnInput) {
  train("two", "-s reads=reads.bedgraph,minus.bedgraph -c control.bedgraph,minus.bedgraph --bin 100");
  folder_.write("out.2.bedgraph", folder_.content("minus.bedgraph"));
  const Result result = folder_.run(
      "predict -q --genome genome.fa --model two/model.safetensors --threads 1 -c control.bedgraph,out.2.bedgraph "
      "-o out.bedgraph");
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.err.find("out.2.bedgraph would be replaced, which --control reads"), std::string::npos)
      << result.err;
  EXPECT_FALSE(folder_.exists("out.1.bedgraph"));
  EXPECT_EQ(folder_.content("out.2.bedgraph"), folder_.content("minus.bedgraph"));
}

TEST_F(Signals, BothStrandsAreAveragedPositionByPosition) {
  train("one", "-s reads.bedgraph --bin 100 --lr 0.02 --epochs 3");
  folder_.write("places.bed", "chr2\t1000\t1100\ta\t0\t+\nchr2\t1000\t1100\ta\t0\t-\n");
  const std::vector<std::string> plain = lines(predict("one", "--regions places.bed").out);
  const std::vector<std::string> both = lines(predict("one", "--regions places.bed --rc-average").out);
  const auto value = [](const std::string& row, int column) {
    return std::stod(columns(row).at(static_cast<std::size_t>(4 + column)));
  };
  double apart = 0;
  for (int i = 0; i < 100; ++i) {
    const double forward = value(plain.at(1), i), reverse = value(plain.at(2), 99 - i);
    EXPECT_NEAR(value(both.at(1), i), (forward + reverse) / 2, 1e-6) << i;
    apart = std::max(apart, std::abs(forward - reverse));
  }
  EXPECT_GT(apart, 1e-5);
  EXPECT_NEAR(value(both.at(1), 100), (value(plain.at(1), 100) + value(plain.at(2), 100)) / 2, 1e-5);
}

TEST_F(Signals, TransformsAreUndoneAndBinsAreRuns) {
  train("bins", "-s low=control.bedgraph -s high=reads.bedgraph --bin 80");
  folder_.write("place.bed", "chr1\t1000\t1080\n");
  const std::string low = "-s low=control.bedgraph ";
  const auto row = columns(lines(predict("bins", low + "--regions place.bed").out).at(1));
  ASSERT_EQ(row.size(), 4u + 8u);
  predict("bins", low + "--regions place.bed -o place.bedgraph");
  const auto track = values("place.bedgraph");
  ASSERT_EQ(track.size(), 80u);
  for (int i = 0; i < 80; ++i) {
    const double expected = std::expm1(std::stod(row.at(static_cast<std::size_t>(4 + i / 10))));
    EXPECT_NEAR(track.at({"chr1", 1000 + i}), expected, 1e-4) << i;
  }
  // A region that begins within a bin is cut out of the same bins.
  folder_.write("cut.bed", "chr1\t1003\t1077\n");
  predict("bins", low + "--regions cut.bed -o cut.bedgraph");
  for (const auto& [place, value] : values("cut.bedgraph")) EXPECT_NEAR(value, track.at(place), 1e-4) << place.second;
  EXPECT_EQ(values("cut.bedgraph").size(), 74u);
}

TEST_F(Signals, AFullDiskLeavesNoHalfTrack) {
  train("one", "-s reads.bedgraph --bin 100");
  for (const char* name : {"full.bw", "full.bedgraph"}) {
    const Result result =
        folder_.run(fmt::format("predict -q --genome genome.fa --model one/model.safetensors --threads 1 -o {}", name),
                    {.largest_file = 4000});
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_NE(result.err.find("File too large"), std::string::npos) << result.err;
    EXPECT_FALSE(folder_.exists(name));
  }
}

}  // namespace
}  // namespace genocuda::cli

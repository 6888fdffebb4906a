// SPDX-License-Identifier: Apache-2.0
#include "genomics/bigwig.h"

#include <atomic>
#include <cstring>
#include <thread>

#include "tests/genomics/signals.h"

namespace genocuda {
namespace {

using Runs = std::vector<SignalRun>;

std::string bigwig_of(const SignalTrack& track) {
  StringSink sink;
  write_bigwig(track, sink);
  return sink.text;
}

GivenTrack small_track() {
  GivenTrack track(ContigSizes{"small", {}, {}});
  ContigSizes sizes{"small", {}, {}};
  sizes.add("chr2", 30);
  sizes.add("chr10", 20);
  sizes.add("empty", 5);
  GivenTrack filled(std::move(sizes));
  filled.runs[0] = {{0, 5, 1}, {5, 6, -2.5f}, {29, 30, 7}};
  filled.runs[1] = {{3, 20, 0.25f}};
  return filled;
}

TEST(BigWig, GivesBackWhatWasWritten) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.bw", bigwig_of(small_track()));
  ASSERT_TRUE(is_bigwig(path));
  const auto track = open_signal(path);
  EXPECT_EQ(track->source(), path);
  EXPECT_EQ(track->contigs().size(), 3);
  EXPECT_EQ(track->contigs().names[0], "chr10");  // as the format wants it: in the order of the bytes
  EXPECT_EQ(track->contigs().lengths, (std::vector<std::int64_t>{20, 30, 5}));
  EXPECT_EQ(runs_of(*track, "chr2"), (Runs{{0, 5, 1}, {5, 6, -2.5f}, {29, 30, 7}}));
  EXPECT_EQ(runs_of(*track, "chr10"), (Runs{{3, 20, 0.25f}}));
  EXPECT_EQ(runs_of(*track, "empty"), Runs{});
  EXPECT_EQ(values_of(*track, 1, -1, 9, -9), (std::vector<float>{-9, 1, 1, 1, 1, 1, -2.5f, -9, -9}));
  EXPECT_EQ(values_of(*track, 1, 28, 4, -9), (std::vector<float>{-9, 7, -9, -9}));
}

TEST(BigWig, GivesBackDeepTreesOfContigsAndBlocks) {
  const TemporaryFolder folder;
  {
    const GivenTrack track = random_track(2, 700, 3);  // more contigs than a node holds
    const auto read = open_bigwig(folder.write("contigs.bw", bigwig_of(track)));
    ASSERT_EQ(read->contigs().size(), 700);
    for (std::int32_t contig = 0; contig < 700; ++contig) {
      ASSERT_EQ(runs_of(*read, track.contigs().names[contig]), track.runs[static_cast<std::size_t>(contig)]) << contig;
    }
  }
  const GivenTrack track = random_track(3, 2, 300000);  // 586 blocks
  const auto read = open_bigwig(folder.write("blocks.bw", bigwig_of(track)));
  for (std::int32_t contig = 0; contig < 2; ++contig) {
    const std::string& name = track.contigs().names[contig];
    ASSERT_TRUE(runs_of(*read, name) == track.runs[static_cast<std::size_t>(contig)]);
    const std::int32_t other = *read->contigs().names.find(name);
    philox::Generator random(4, static_cast<std::uint64_t>(contig));
    for (int i = 0; i < 50; ++i) {
      const auto start = static_cast<std::int64_t>(random.below(1600000)) - 500;
      ASSERT_EQ(values_of(*read, other, start, 1000, -5), values_of(track, contig, start, 1000, -5)) << start;
    }
  }
}

TEST(BigWig, IsReadByManyThreadsAtATime) {
  const TemporaryFolder folder;
  const GivenTrack track = random_track(5, 1, 20000);
  const auto read = open_bigwig(folder.write("a.bw", bigwig_of(track)));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      philox::Generator random(6, t);
      for (int i = 0; i < 30; ++i) {
        const std::int64_t start = random.below(100000);
        wrong += values_of(*read, 0, start, 300) != values_of(track, 0, start, 300);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(BigWig, WritesTheSameBytesAgain) {
  EXPECT_EQ(bigwig_of(random_track(7, 3, 3000)), bigwig_of(random_track(7, 3, 3000)));
}

TEST(BigWig, MayHoldNothing) {
  const TemporaryFolder folder;
  ContigSizes sizes{"none", {}, {}};
  sizes.add("chr1", 10);
  const auto read = open_bigwig(folder.write("a.bw", bigwig_of(GivenTrack(sizes))));
  EXPECT_EQ(runs_of(*read, "chr1"), Runs{});
}

TEST(BigWig, RefusesContigsThatItCannotHold) {
  ContigSizes sizes{"long", {}, {}};
  expect_error(
      ErrorKind::invalid_argument, [&] { bigwig_of(GivenTrack(sizes)); }, "no contigs");
  sizes.add("chr1", std::int64_t{1} << 32);
  expect_error(
      ErrorKind::invalid_argument, [&] { bigwig_of(GivenTrack(sizes)); }, "'chr1'", "4294967296", "bedGraph");
}

// Reads everything; what it throws must be an Error about the file.
void read_all(const std::string& path) {
  try {
    const auto track = open_bigwig(path);
    for (std::int32_t contig = 0; contig < track->contigs().size(); ++contig) {
      const std::int64_t length = std::min<std::int64_t>(track->contigs().length(contig), 100000);
      runs_of(*track, contig, 0, length);
      values_of(*track, contig, 0, length);
    }
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input_file);
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
  }
}

TEST(BigWig, NamesDamagedFiles) {
  const TemporaryFolder folder;
  const std::string sound = bigwig_of(small_track());
  const auto opening = [&](std::string text) {
    return [path = folder.write("a.bw", text)] {
      const auto track = open_bigwig(path);
      for (std::int32_t contig = 0; contig < track->contigs().size(); ++contig) runs_of(*track, contig, 0, 30);
    };
  };
  const auto error = ErrorKind::input_file;
  expect_error(error, opening(""), "a.bw", "no bigWig file");
  expect_error(error, opening("chr1\t1\t2\t3\n"), "a.bw", "no bigWig file");
  expect_error(error, opening(std::string("\x88\x8f\xfc\x26") + sound.substr(4)), "a.bw", "big-endian");
  for (const std::size_t size : {std::size_t{40}, std::size_t{200}, std::size_t{400}, sound.size() / 2}) {
    expect_error(error, opening(sound.substr(0, size)), "a.bw", "damaged");
  }
  for (std::size_t size = 0; size < sound.size(); ++size) read_all(folder.write("b.bw", sound.substr(0, size)));
  for (std::size_t i = 0; i < sound.size(); ++i) {
    for (const char flip : {'\x01', '\xff'}) {
      std::string damaged = sound;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      read_all(folder.write("b.bw", damaged));
    }
  }
}

TEST(BigWig, EndsOnAnIndexThatRunsInACircle) {
  const TemporaryFolder folder;
  std::string text = bigwig_of(small_track());
  std::uint64_t index = 0;
  std::memcpy(&index, text.data() + 24, sizeof index);
  const std::uint64_t root = index + 48;
  // The root becomes an inner node whose only item leads to itself.
  text.resize(root);
  text += std::string("\0\0\1\0", 4) + std::string(8, '\0') + std::string(8, '\xff');
  text.append(reinterpret_cast<const char*>(&root), sizeof root);
  const auto track = open_bigwig(folder.write("a.bw", text));
  expect_error(
      ErrorKind::input_file, [&] { runs_of(*track, 0, 0, 10); }, "a.bw", "circle");
}

TEST(Signal, IsToldByItsContent) {
  const TemporaryFolder folder;
  EXPECT_EQ(runs_of(*open_signal(folder.write("a.bin", "chr1\t3\t4\t5\n")), "chr1"), (Runs{{3, 4, 5}}));
  EXPECT_EQ(runs_of(*open_signal(folder.write("b.bin", gzip("chr1\t3\t4\t5\n"))), "chr1"), (Runs{{3, 4, 5}}));
  expect_error(
      ErrorKind::input_file, [] { open_signal("/nowhere/a.bw"); }, "/nowhere/a.bw");
  expect_error(
      ErrorKind::input_file, [&] { open_signal(folder.path("")); }, "folder");
}

}  // namespace
}  // namespace genocuda

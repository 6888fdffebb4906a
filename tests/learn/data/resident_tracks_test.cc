// SPDX-License-Identifier: Apache-2.0
// Signals in the memory of the device look as those that are sent.
#include "learn/data/resident_tracks.h"

#include <bit>
#include <limits>

#include <gtest/gtest.h>

#include "tests/learn/data/random_tracks.h"
#include "tests/support/expect_error.h"
#include "tests/support/far_device.h"
#include "tests/support/test_device.h"

namespace genocuda {
namespace {

/// On all contigs and both strands, within them, over their ends, outside, and round all of them.
std::vector<Window> all_windows(const Genome& genome, std::int64_t length) {
  std::vector<Window> windows;
  for (std::int32_t contig = 0; contig < genome.size(); ++contig) {
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
      const std::int64_t end = genome.length(contig);
      for (std::int64_t start = -9; start <= 9; ++start) {
        for (const std::int64_t anchor : {std::int64_t{0}, end - length, end / 2}) {
          windows.push_back({contig, strand, anchor + start});
        }
      }
      for (const std::int64_t start : {-length, -3 * length - 5, end, end + 1000}) {
        windows.push_back({contig, strand, start});
      }
    }
  }
  return windows;
}

/// So that NaN equals NaN.
std::vector<std::uint32_t> bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> all;
  for (const float value : values) all.push_back(std::bit_cast<std::uint32_t>(value));
  return all;
}

std::vector<float> packed(const Tracks& tracks, const std::vector<Window>& windows, std::int64_t length) {
  std::vector<float> out(windows.size() * static_cast<std::size_t>(tracks.positions_of(length) * tracks.channels()));
  pack_tracks(tracks, windows, length, out.data());
  return out;
}

TEST(ResidentTracks, GiveTheWindowsThatWouldHaveBeenSent) {
  const auto device = make_test_device();
  const auto genome = random_genome({333, 64, 97}, 1);
  for (const TrackOptions& options : std::vector<TrackOptions>{
           {}, {.bin = 8}, {.bin = 7, .missing = std::numeric_limits<float>::quiet_NaN()}, {.missing = -1}}) {
    for (const int channels : {1, 2, 3, 4}) {
      const auto tracks = random_tracks(*genome, channels, options, 2);
      const ResidentTracks resident(*device, "reads", tracks);
      EXPECT_EQ(resident.bytes(), 4 * (tracks->values().size() + static_cast<std::size_t>(channels)));
      for (const std::int64_t positions : {1, 6, 41, 100}) {
        const std::int64_t length = positions * tracks->bin();
        const std::vector<Window> windows = all_windows(*genome, length);
        Graph graph;
        graph.output("y", resident.windows(graph, static_cast<std::int64_t>(windows.size()), length));
        VariableStore variables(*device);
        Executable executable(graph, variables, {}, resident.shared());
        executable.write(resident.places_input(length), std::span<const std::int64_t>(resident.places(windows)));
        executable.run();
        EXPECT_EQ(bits(executable.read<float>("y")), bits(packed(*tracks, windows, length)))
            << channels << " channels, " << positions << " positions of " << options.bin;
      }
    }
  }
}

TEST(ResidentTracks, SeveralStandSideBySideInAGraphAndAreReadMoreThanOnce) {
  const auto device = make_test_device();
  const auto genome = random_genome({200, 90}, 3);
  const auto reads = random_tracks(*genome, 2, {}, 4), controls = random_tracks(*genome, 3, {.bin = 5}, 5);
  const ResidentTracks of_reads(*device, "reads", reads), of_controls(*device, "controls", controls);
  const std::vector<Window> windows = all_windows(*genome, 40), middles = all_windows(*genome, 20);
  const auto batch = static_cast<std::int64_t>(windows.size());
  Graph graph;
  graph.output("long", of_reads.windows(graph, batch, 40));
  graph.output("short", of_reads.windows(graph, batch, 20));
  graph.output("again", of_reads.windows(graph, batch, 20));
  graph.output("controls", of_controls.windows(graph, batch, 40));
  SharedInputs shared = of_reads.shared();
  shared.merge(of_controls.shared());
  VariableStore variables(*device);
  Executable executable(graph, variables, {}, shared);
  executable.write(of_reads.places_input(40), std::span<const std::int64_t>(of_reads.places(windows)));
  executable.write(of_reads.places_input(20), std::span<const std::int64_t>(of_reads.places(middles)));
  executable.write(of_controls.places_input(40), std::span<const std::int64_t>(of_controls.places(windows)));
  executable.run();
  EXPECT_EQ(executable.read<float>("long"), packed(*reads, windows, 40));
  EXPECT_EQ(executable.read<float>("short"), packed(*reads, middles, 20));
  EXPECT_EQ(executable.read<float>("again"), executable.read<float>("short"));
  EXPECT_EQ(executable.read<float>("controls"), packed(*controls, windows, 40));
}

TEST(ResidentTracks, SayWhatDoesNotFit) {
  const auto genome = random_genome({200}, 6);
  const auto tracks = random_tracks(*genome, 2, {.bin = 4}, 7);
  FarDevice device(4 * 100 + 4);
  expect_error(
      ErrorKind::out_of_memory, [&] { ResidentTracks(device, "reads", tracks); }, "do not fit");
  EXPECT_EQ(device.used, 0u);
  FarDevice larger(4 * 100 + 8);
  const ResidentTracks resident(larger, "reads", tracks);
  Graph graph;
  expect_error(
      ErrorKind::invalid_argument, [&] { resident.windows(graph, 1, 42); }, "windows of 42 bases", "positions of 4");
}

}  // namespace
}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
// Every wrong kernel of wrong/ is run by a program of its own and must be caught: with the words that say what is wrong
// and with each line of the source that is marked "// wrong".
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace simt {
namespace {

struct WrongKernel {
  const char* name;
  /// Sanitizer that finds it; empty: the emulator does, in every build.
  std::string_view checker;
  const char* message;
};

void PrintTo(const WrongKernel& kernel, std::ostream* stream) { *stream << kernel.name; }

constexpr std::string_view kAddress = "address", kUndefined = "undefined", kThread = "thread";

const WrongKernel kWrongKernels[] = {
    {"async_copy_misaligned", "", "the source is not aligned"},
    {"async_copy_never_awaited", "", "returned without waiting for this cp.async"},
    {"async_copy_outside_of_shared", "", "the destination is not inside an array of shared memory"},
    {"async_copy_too_many", "", "256 copies under way"},
    {"barrier_divergence", "", "barrier divergence: thread (1,0,0)"},
    {"barrier_not_reached_by_all", "", "waiting in __syncthreads: 16 of 64 threads, the first is (0,0,0)"},
    {"deadlock", "", "waiting in __syncwarp: 1 of 64 threads, the first is (40,0,0)"},
    {"hinted_load_misaligned", "", "the address is not aligned to the type"},
    {"lane_not_in_mask", "", "__shfl_sync is called by lane 16, which its mask 0x0000ffff does not hold"},
    {"lane_returned", "", "names lane 20 in its mask 0xffffffff, and that thread has returned"},
    {"ldmatrix_misaligned", "", "the row is not aligned to 16 bytes"},
    {"masks_differ", "", "lane 31 gives the mask 0xfffffffe, lane 1 the mask 0xffffffff"},
    {"mma_by_part_of_a_warp", "", "mma.sync.m16n8k16.bf16 needs all 32 lanes of the warp, and here are 16"},
    {"shared_memory_too_large", "", "limited to 48 KiB"},
    {"shuffle_width", "", "the width of a shuffle must be a power of two"},
    {"warp_divergence", "", "warp divergence: lane 16 is in __shfl_sync here, lane 0"},
    {"dynamic_out_of_bounds", kAddress, "heap-buffer-overflow"},
    {"global_out_of_bounds", kAddress, "heap-buffer-overflow"},
    {"shared_before_the_start", kAddress, "AddressSanitizer"},
    {"shared_out_of_bounds", kAddress, "heap-buffer-overflow"},
    {"global_misaligned", kUndefined, "misaligned address"},
    {"shared_misaligned", kUndefined, "misaligned address"},
    {"race_of_async_copy", kThread, "data race"},
    {"race_of_blocks", kThread, "data race"},
    {"race_of_rows_of_blocks", kThread, "data race"},
    {"race_of_sum", kThread, "data race"},
    {"race_without_fence", kThread, "data race"},
    {"race_without_second_syncthreads", kThread, "data race"},
    {"race_without_syncthreads", kThread, "data race"},
    {"race_without_syncwarp", kThread, "data race"},
};

struct Outcome {
  int status;
  std::string output;
};

Outcome run(const WrongKernel& kernel) {
  const std::string command = fmt::format("'{}' {} 2>&1", SIMT_WRONG_KERNELS_PROGRAM, kernel.name);
  Outcome outcome{};
  FILE* const pipe = popen(command.c_str(), "r");
  if (!pipe) return {-1, "the program could not be started"};
  std::array<char, 4096> buffer;
  for (std::size_t size; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    outcome.output.append(buffer.data(), size);
  }
  const int status = pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

/// "/NAME.cc:LINE" of every line that is marked.
std::vector<std::string> marked_lines(const WrongKernel& kernel) {
  std::ifstream source(fmt::format("{}/{}.cc", SIMT_WRONG_KERNELS_FOLDER, kernel.name));
  std::vector<std::string> lines;
  std::string text;
  for (int number = 1; std::getline(source, text); ++number) {
    if (text.ends_with("// wrong")) lines.push_back(fmt::format("/{}.cc:{}", kernel.name, number));
  }
  return lines;
}

bool names(const std::string& output, const std::string& line) {
  for (std::size_t at = output.find(line); at != std::string::npos; at = output.find(line, at + 1)) {
    const std::size_t end = at + line.size();
    if (end == output.size() || output[end] < '0' || output[end] > '9') return true;
  }
  return false;
}

class WrongKernels : public ::testing::TestWithParam<WrongKernel> {};

TEST_P(WrongKernels, AreCaughtWithTheLine) {
  const WrongKernel& kernel = GetParam();
  constexpr std::string_view kSanitizers = "," SIMT_SANITIZERS ",";
  if (!kernel.checker.empty() && kSanitizers.find(fmt::format(",{},", kernel.checker)) == std::string_view::npos) {
    GTEST_SKIP() << "found in a build with GENOCUDA_SANITIZE=" << kernel.checker;
  }
  const Outcome outcome = run(kernel);
  EXPECT_NE(outcome.status, 0);
  EXPECT_NE(outcome.output.find(kernel.message), std::string::npos) << outcome.output;
  const std::vector<std::string> lines = marked_lines(kernel);
  EXPECT_FALSE(lines.empty());
  for (const std::string& line : lines) EXPECT_TRUE(names(outcome.output, line)) << line << "\n" << outcome.output;
  if (kernel.checker.empty()) {
    EXPECT_EQ(outcome.status, 3);
    EXPECT_NE(outcome.output.find("kernel simt::wrong::(anonymous namespace)::"), std::string::npos) << outcome.output;
  }
}

INSTANTIATE_TEST_SUITE_P(Simt, WrongKernels, ::testing::ValuesIn(kWrongKernels),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace simt

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "simt/block.h"
#include "simt/error.h"
#include "simt/launch.h"
#include "simt/options.h"
#include "simt/report.h"

namespace simt {
namespace {

constexpr std::uint64_t volume(dim3 sizes) { return std::uint64_t{sizes.x} * sizes.y * sizes.z; }

void check(const Launch& launch) {
  const dim3 grid = launch.grid_size, block = launch.block_size;
  const auto refuse = [&](const char* why) {
    throw Error(fmt::format("launch refused: {} [grid {}, block {}, {} bytes of dynamic shared memory, kernel {}]", why,
                            triple(grid), triple(block), launch.dynamic_bytes, function_name(launch.kernel)));
  };
  constexpr std::size_t kArgumentLimit = 4096;  // the largest before CUDA 12.1 and compute capability 7.0
  if (volume(grid) == 0 || volume(block) == 0) refuse("a grid and a block have at least one element in each direction");
  if (grid.x > 0x7fffffffu || grid.y > 65535 || grid.z > 65535) {
    refuse("a grid has at most 2147483647, 65535 and 65535 blocks in x, y and z");
  }
  if (volume(block) > 1024 || block.x > 1024 || block.y > 1024 || block.z > 64) {
    refuse("a block has at most 1024 threads, and 64 in z");
  }
  if (launch.dynamic_bytes > SharedArrays::kLimit) refuse("a block has at most 227 KiB of shared memory");
  if (launch.argument_bytes > kArgumentLimit) refuse("the arguments of a kernel take at most 4096 bytes");
  if (current_thread) refuse("it comes from inside a kernel");
}

/// Blocks with the threads and stacks that they have made, for launches to come.
class IdleBlocks {
 public:
  std::unique_ptr<Block> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Block>();
    std::unique_ptr<Block> block = std::move(idle_.back());
    idle_.pop_back();
    return block;
  }
  void give_back(std::unique_ptr<Block> block) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(block));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Block>> idle_;
};

/// Which block comes as the n-th.
class BlockOrder {
 public:
  explicit BlockOrder(dim3 grid) : grid_(grid), count_(volume(grid)) {
    if (options().order != Order::random) return;
    // n · step + offset modulo the count visits every block once where step and count have no common divisor.
    offset_ = options().seed % count_;
    step_ = (options().seed * std::uint64_t{2654435761u}) % count_;
    while (std::gcd(step_, count_) != 1) step_ = (step_ + 1) % count_;
  }

  std::uint64_t count() const { return count_; }
  uint3 operator()(std::uint64_t n) const {
    __extension__ using Wide = unsigned __int128;
    if (options().order == Order::reverse) n = count_ - 1 - n;
    if (options().order == Order::random)
      n = static_cast<std::uint64_t>((static_cast<Wide>(n) * step_ + offset_) % count_);
    return {static_cast<unsigned>(n % grid_.x), static_cast<unsigned>(n / grid_.x % grid_.y),
            static_cast<unsigned>(n / grid_.x / grid_.y)};
  }

 private:
  dim3 grid_;
  std::uint64_t count_;
  std::uint64_t step_ = 1, offset_ = 0;
};

}  // namespace

void run_grid(const Launch& launch) {
  static IdleBlocks idle_blocks;
  check(launch);
  const BlockOrder block_of(launch.grid_size);

  std::atomic<std::uint64_t> next{0};
  std::mutex mutex;
  std::exception_ptr first_error;
  const auto work = [&](unsigned worker) {
    std::unique_ptr<Block> block = idle_blocks.take();
    block->begin_launch(launch, worker);
    try {
      for (std::uint64_t n; (n = next.fetch_add(1)) < block_of.count();) block->run(block_of(n));
    } catch (...) {
      next = block_of.count();
      const std::lock_guard lock(mutex);
      if (!first_error) first_error = std::current_exception();
    }
    block->end_launch();
    idle_blocks.give_back(std::move(block));
  };

  const auto workers =
      static_cast<unsigned>(std::min<std::uint64_t>(static_cast<unsigned>(options().workers), block_of.count()));
  std::vector<std::thread> others;
  for (unsigned worker = 1; worker < workers; ++worker) others.emplace_back(work, worker);
  work(0);
  for (std::thread& other : others) other.join();
  if (first_error) std::rethrow_exception(first_error);
}

}  // namespace simt

#ifdef SIMT_TSAN
// Here, since whoever links the emulator links this file. The C library's lgamma writes a global sign, CUDA's does not.
extern "C" const char* __tsan_default_suppressions() { return "race:lgamma\n"; }
#endif

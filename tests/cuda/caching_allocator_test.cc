// SPDX-License-Identifier: Apache-2.0
#include "cuda/caching_allocator.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <thread>
#include <vector>

#include "tests/support/expect_error.h"

namespace genocuda::cuda {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// Memory of so many bytes that is never touched: addresses are numbers.
class FakeMemory final : public RawMemory {
 public:
  explicit FakeMemory(std::size_t size) : free_(size) {}
  ~FakeMemory() override { EXPECT_TRUE(blocks_.empty()) << "not given back"; }

  void* allocate(std::size_t bytes) override {
    ++allocations;
    if (bytes > free_) return nullptr;
    free_ -= bytes;
    next_ += 1 << 12;
    blocks_[reinterpret_cast<void*>(next_)] = bytes;
    return reinterpret_cast<void*>(next_);
  }
  void release(void* memory) noexcept override {
    ++releases;
    free_ += blocks_.at(memory);
    blocks_.erase(memory);
  }
  void wait_for_work() override { ++waits; }
  std::size_t free_bytes() override { return free_; }
  std::string name() const override { return "cuda:3"; }

  int allocations = 0, releases = 0, waits = 0;

 private:
  std::size_t free_;
  std::uintptr_t next_ = 0;
  std::map<void*, std::size_t> blocks_;
};

TEST(CachingAllocator, RoundsUpToSizeClasses) {
  EXPECT_EQ(CachingAllocator::size_class(0), 512);
  EXPECT_EQ(CachingAllocator::size_class(1), 512);
  EXPECT_EQ(CachingAllocator::size_class(512), 512);
  EXPECT_EQ(CachingAllocator::size_class(513), 1024);
  EXPECT_EQ(CachingAllocator::size_class(kMiB - 1), kMiB);
  EXPECT_EQ(CachingAllocator::size_class(kMiB), 2 * kMiB);
  EXPECT_EQ(CachingAllocator::size_class(2 * kMiB + 1), 4 * kMiB);
  EXPECT_EQ(CachingAllocator::size_class(CachingAllocator::kNoLimit), CachingAllocator::kNoLimit);
}

TEST(CachingAllocator, HandsReleasedBlocksOutAgain) {
  FakeMemory raw(100 * kMiB);
  CachingAllocator allocator(raw);
  void* const first = allocator.allocate(3 * kMiB);
  EXPECT_EQ(allocator.used_bytes(), 4 * kMiB);
  allocator.release(first, 3 * kMiB);
  EXPECT_EQ(allocator.used_bytes(), 0);
  EXPECT_EQ(allocator.kept_bytes(), 4 * kMiB);
  EXPECT_EQ(allocator.allocate(4 * kMiB), first) << "of the same size class";
  EXPECT_EQ(raw.allocations, 1);
  EXPECT_EQ(allocator.kept_bytes(), 0);
  allocator.release(first, 4 * kMiB);
}

TEST(CachingAllocator, WaitsForWorkThatMayUseAKeptBlockOnce) {
  FakeMemory raw(100 * kMiB);
  CachingAllocator allocator(raw);
  void* const a = allocator.allocate(4 * kMiB);
  void* const b = allocator.allocate(8 * kMiB);
  EXPECT_EQ(raw.waits, 0);
  allocator.release(a, 4 * kMiB);
  allocator.release(b, 8 * kMiB);
  EXPECT_EQ(allocator.allocate(8 * kMiB), b);
  EXPECT_EQ(raw.waits, 1);
  EXPECT_EQ(allocator.allocate(4 * kMiB), a);
  EXPECT_EQ(raw.waits, 1) << "it was released before the wait";
  allocator.release(a, 4 * kMiB);
  EXPECT_EQ(allocator.allocate(4 * kMiB), a);
  EXPECT_EQ(raw.waits, 2);
  allocator.release(a, 4 * kMiB);
  allocator.release(b, 8 * kMiB);
}

TEST(CachingAllocator, TakesTheSmallestBlockThatFitsWithoutMuchWaste) {
  FakeMemory raw(1000 * kMiB);
  CachingAllocator allocator(raw);
  void* const large = allocator.allocate(40 * kMiB);
  void* const middle = allocator.allocate(32 * kMiB);
  void* const small = allocator.allocate(8 * kMiB);
  for (void* const block : {large, middle, small}) allocator.release(block, 0);
  EXPECT_EQ(allocator.allocate(30 * kMiB), middle);
  EXPECT_EQ(allocator.allocate(30 * kMiB), large) << "a quarter is unused";
  EXPECT_EQ(allocator.used_bytes(), 72 * kMiB) << "as the blocks are";
  void* const fresh = allocator.allocate(4 * kMiB);
  EXPECT_NE(fresh, small) << "half would be unused";
  EXPECT_EQ(raw.allocations, 4);
  for (void* const block : {large, middle, fresh}) allocator.release(block, 0);
  EXPECT_EQ(allocator.used_bytes(), 0);
  EXPECT_EQ(allocator.kept_bytes(), (40 + 32 + 8 + 4) * kMiB);
}

TEST(CachingAllocator, ReleasesKeptBlocksBeforeItGivesUp) {
  FakeMemory raw(100 * kMiB);
  CachingAllocator allocator(raw);
  void* const a = allocator.allocate(40 * kMiB);
  void* const b = allocator.allocate(40 * kMiB);
  allocator.release(a, 0);
  allocator.release(b, 0);
  void* const all = allocator.allocate(100 * kMiB);
  EXPECT_EQ(raw.releases, 2);
  EXPECT_EQ(allocator.kept_bytes(), 0);
  EXPECT_EQ(allocator.used_bytes(), 100 * kMiB);
  allocator.release(all, 0);
}

TEST(CachingAllocator, ErrorNamesWhatWasAskedForAndTheRemedy) {
  FakeMemory raw(3072 * kMiB);
  CachingAllocator allocator(raw);
  void* const used = allocator.allocate(1024 * kMiB);
  expect_error(
      ErrorKind::out_of_memory, [&] { allocator.allocate(4096 * kMiB); }, "cuda:3", "4294967296 bytes (4.000 GiB)",
      "2.000 GiB free", "1.000 GiB in use", "0.000 GiB kept", "smaller batch");
  EXPECT_EQ(allocator.used_bytes(), 1024 * kMiB) << "and goes on";
  allocator.release(used, 0);
  EXPECT_NO_THROW(allocator.release(allocator.allocate(3072 * kMiB), 0));
}

TEST(CachingAllocator, CountsWhatItKeepsAsFree) {
  FakeMemory raw(1000 * kMiB);
  CachingAllocator allocator(raw), limited(raw, 100 * kMiB);
  EXPECT_EQ(allocator.free_bytes(), 1000 * kMiB);
  EXPECT_EQ(limited.free_bytes(), 100 * kMiB);
  void* const a = limited.allocate(60 * kMiB);
  EXPECT_EQ(limited.free_bytes(), 40 * kMiB);
  EXPECT_EQ(allocator.free_bytes(), 940 * kMiB);
  limited.release(a, 0);
  EXPECT_EQ(limited.free_bytes(), 100 * kMiB);
  void* const b = allocator.allocate(930 * kMiB);
  EXPECT_EQ(limited.free_bytes(), 70 * kMiB) << "10 on the device and 60 kept";
  allocator.release(b, 0);
}

TEST(CachingAllocator, KeepsToItsLimit) {
  FakeMemory raw(1000 * kMiB);
  CachingAllocator allocator(raw, 100 * kMiB);
  void* const a = allocator.allocate(60 * kMiB);
  expect_error(
      ErrorKind::out_of_memory, [&] { allocator.allocate(60 * kMiB); }, "limit", "0.098 GiB",
      "GENOCUDA_GPU_MEMORY_LIMIT");
  EXPECT_EQ(raw.allocations, 1) << "the device is not asked";
  allocator.release(a, 0);
  void* const b = allocator.allocate(20 * kMiB);  // 60 kept, 20 used
  EXPECT_EQ(raw.releases, 0);
  void* const c = allocator.allocate(30 * kMiB);  // does not fit beside what is kept
  EXPECT_EQ(raw.releases, 1);
  EXPECT_EQ(allocator.kept_bytes(), 0);
  EXPECT_THROW(allocator.allocate(101 * kMiB), Error);
  allocator.release(b, 0);
  allocator.release(c, 0);
}

TEST(CachingAllocator, RefusesTheLargestNumber) {
  FakeMemory raw(1000 * kMiB);
  CachingAllocator unlimited(raw), limited(raw, 10 * kMiB);
  EXPECT_THROW(unlimited.allocate(CachingAllocator::kNoLimit), Error);
  EXPECT_THROW(limited.allocate(CachingAllocator::kNoLimit), Error);
}

TEST(CachingAllocator, GivesBackWhatItKeepsWhereAsked) {
  FakeMemory raw(1000 * kMiB);
  CachingAllocator allocator(raw);
  void* const used = allocator.allocate(1);
  allocator.release(allocator.allocate(1), 1);
  allocator.trim();
  EXPECT_EQ(raw.releases, 1);
  EXPECT_EQ(allocator.kept_bytes(), 0);
  EXPECT_EQ(allocator.used_bytes(), 512);
  allocator.release(used, 1);
}

TEST(CachingAllocator, ServesSeveralThreads) {
  FakeMemory raw(1000 * kMiB);
  CachingAllocator allocator(raw);
  std::vector<std::thread> threads;
  for (std::size_t thread = 1; thread <= 4; ++thread) {
    threads.emplace_back([&allocator, thread] {
      for (std::size_t i = 1; i <= 500; ++i) {
        void* const a = allocator.allocate(thread * i * 100);
        void* const b = allocator.allocate(thread * i * 100);
        EXPECT_NE(a, b);
        allocator.release(a, 0);
        allocator.release(b, 0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allocator.used_bytes(), 0);
}

TEST(ParseBytes, KnowsUnits) {
  EXPECT_EQ(parse_bytes("1000", "x"), 1000);
  EXPECT_EQ(parse_bytes("2K", "x"), 2048);
  EXPECT_EQ(parse_bytes("512M", "x"), 512 * kMiB);
  EXPECT_EQ(parse_bytes("1.5G", "x"), 1536 * kMiB);
  for (const std::string text : {"", "G", "0", "-1G", "1T", "1 G", "nan", "1e30"}) {
    expect_error(
        ErrorKind::invalid_argument, [&] { parse_bytes(text, "GENOCUDA_GPU_MEMORY_LIMIT"); },
        "GENOCUDA_GPU_MEMORY_LIMIT", "'" + text + "'", "6G");
  }
}

}  // namespace
}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "core/device.h"

namespace genocuda::cuda {

/// Where a CachingAllocator gets its blocks: a GPU, or what a test puts there. Called by one thread at a time.
class RawMemory {
 public:
  virtual ~RawMemory() = default;
  /// Null where there is no memory left.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  /// Waits for all work that may still use a block that was released.
  virtual void wait_for_work() = 0;
  virtual std::size_t free_bytes() = 0;
  /// "cuda:0".
  virtual std::string name() const = 0;
};

/// Keeps the blocks that are released and hands them out again, as asking the driver takes long and stops the device.
/// A request is rounded up to its size class and takes the smallest kept block that fits, if it wastes no more than a
/// quarter of it. Where the device or the limit refuses a new block, kept blocks go back before it gives up. Blocks are
/// not split: what asks here are arenas, variables and inputs, a few a network.
/// Safe for use by several threads at once.
class CachingAllocator final : public Allocator {
 public:
  static constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);

  /// Takes no more than `limit` bytes from `raw`, which must outlive it.
  explicit CachingAllocator(RawMemory& raw, std::size_t limit = kNoLimit) : raw_(raw), limit_(limit) {}
  ~CachingAllocator() override;
  CachingAllocator(const CachingAllocator&) = delete;
  CachingAllocator& operator=(const CachingAllocator&) = delete;

  /// Throws Error(out_of_memory) that says what was asked for, what is free, in use and kept, and what to do.
  void* allocate(std::size_t bytes) override;
  /// Work that was put into a stream before may go on using the memory. `bytes` as in allocate().
  void release(void* memory, std::size_t bytes) noexcept override;
  /// What the device has free and what is kept here, as far as the limit allows.
  std::optional<std::size_t> free_bytes() override;
  /// Gives all kept blocks back.
  void trim();

  std::size_t used_bytes() const;
  std::size_t kept_bytes() const;

  /// What a request is rounded up to: multiples of 512 B, from 1 MiB on multiples of 2 MiB, which is the driver's own
  /// grain.
  static std::size_t size_class(std::size_t bytes);

 private:
  void* take_kept(std::size_t size);
  void* take_new(std::size_t size);
  void release_kept(std::size_t wanted) noexcept;
  [[noreturn]] void fail(std::size_t bytes);

  RawMemory& raw_;
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::set<std::pair<std::size_t, void*>> kept_;  ///< by size
  std::map<void*, std::size_t> used_;
  std::size_t used_bytes_ = 0, kept_bytes_ = 0;
  bool may_be_in_use_ = false;  ///< some kept block, by work that was not waited for
};

/// The bytes in "512M", "6G", "1.5G" or "1000000" (K, M and G are powers of 1024). Throws Error(invalid_argument) that
/// names `what` for anything else and for 0.
std::size_t parse_bytes(const std::string& text, const std::string& what);

}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#include "cuda/caching_allocator.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>

#include "core/error.h"

namespace genocuda::cuda {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

double gib(std::size_t bytes) { return static_cast<double>(bytes) / static_cast<double>(1024 * kMiB); }

}  // namespace

CachingAllocator::~CachingAllocator() {
  for (const auto& [size, memory] : kept_) raw_.release(memory);
}

std::size_t CachingAllocator::size_class(std::size_t bytes) {
  const std::size_t grain = bytes < kMiB ? 512 : 2 * kMiB;
  const std::size_t grains = bytes / grain + (bytes % grain != 0 || bytes == 0 ? 1 : 0);
  return grains > kNoLimit / grain ? kNoLimit : grains * grain;
}

void* CachingAllocator::allocate(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const std::size_t size = size_class(bytes);
  if (void* const memory = take_kept(size)) return memory;
  if (void* const memory = take_new(size)) return memory;
  fail(bytes);
}

void* CachingAllocator::take_kept(std::size_t size) {
  const auto found = kept_.lower_bound({size, nullptr});
  if (found == kept_.end() || found->first - size > found->first / 4) return nullptr;
  // The block may go to another stream than the one that its last user's work still runs in.
  if (may_be_in_use_) raw_.wait_for_work();
  may_be_in_use_ = false;
  const auto [kept_size, memory] = *found;
  used_.emplace(memory, kept_size);
  kept_.erase(found);
  kept_bytes_ -= kept_size;
  used_bytes_ += kept_size;
  return memory;
}

void* CachingAllocator::take_new(std::size_t size) {
  if (size > limit_ || used_bytes_ > limit_ - size) return nullptr;
  if (const std::size_t held = used_bytes_ + kept_bytes_; held > limit_ - size) release_kept(held - (limit_ - size));
  void* memory = raw_.allocate(size);
  if (memory == nullptr && !kept_.empty()) {
    release_kept(kept_bytes_);
    memory = raw_.allocate(size);
  }
  if (memory == nullptr) return nullptr;
  used_.emplace(memory, size);
  used_bytes_ += size;
  return memory;
}

/// At least `wanted` bytes, the largest blocks first: fewer calls.
void CachingAllocator::release_kept(std::size_t wanted) noexcept {
  for (std::size_t released = 0; released < wanted && !kept_.empty();) {
    const auto largest = std::prev(kept_.end());
    raw_.release(largest->second);
    released += largest->first;
    kept_bytes_ -= largest->first;
    kept_.erase(largest);
  }
}

void CachingAllocator::release(void* memory, std::size_t) noexcept {
  if (memory == nullptr) return;
  const std::lock_guard lock(mutex_);
  const auto found = used_.find(memory);
  if (found == used_.end()) return;
  const std::size_t size = found->second;
  used_.erase(found);
  used_bytes_ -= size;
  kept_.emplace(size, memory);
  kept_bytes_ += size;
  may_be_in_use_ = true;
}

void CachingAllocator::trim() {
  const std::lock_guard lock(mutex_);
  release_kept(kept_bytes_);
}

std::size_t CachingAllocator::used_bytes() const {
  const std::lock_guard lock(mutex_);
  return used_bytes_;
}

std::size_t CachingAllocator::kept_bytes() const {
  const std::lock_guard lock(mutex_);
  return kept_bytes_;
}

std::optional<std::size_t> CachingAllocator::free_bytes() {
  const std::lock_guard lock(mutex_);
  return std::min(raw_.free_bytes() + kept_bytes_, limit_ - used_bytes_);
}

void CachingAllocator::fail(std::size_t bytes) {
  const std::string limit =
      limit_ == kNoLimit ? "" : fmt::format(" of a limit of {:.3f} GiB (GENOCUDA_GPU_MEMORY_LIMIT)", gib(limit_));
  throw Error(ErrorKind::out_of_memory,
              "out of memory on {}: {} bytes ({:.3f} GiB) asked for, {:.3f} GiB free, {:.3f} GiB in use and {:.3f} GiB "
              "kept by this program{}; take a smaller batch",
              raw_.name(), bytes, gib(bytes), gib(raw_.free_bytes()), gib(used_bytes_), gib(kept_bytes_), limit);
}

std::size_t parse_bytes(const std::string& text, const std::string& what) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, text.data() + text.size());
  double factor = 0;
  if (unit.empty() || unit == "B") factor = 1;
  if (unit == "K") factor = 1024;
  if (unit == "M") factor = 1024 * 1024;
  if (unit == "G") factor = 1024 * 1024 * 1024;
  const double bytes = number * factor;
  if (error != std::errc() || !(bytes >= 1) || bytes > 9e18) {
    throw Error(ErrorKind::invalid_argument, "{} is '{}': give bytes, as 6G, 1.5G or 512M", what, text);
  }
  return static_cast<std::size_t>(std::floor(bytes));
}

}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <array>
#include <cstdio>
#include <new>

#include "simt/block.h"
#include "simt/sanitizers.h"

namespace simt {
namespace {

constexpr std::size_t kPage = 4096;
// Sanitizers put red zones round every variable.
constexpr std::size_t kStackSize = (asan::kEnabled || tsan::kEnabled ? 256 : 64) * 1024;
// A page that cannot be touched below each stack, so that one that is too small ends the program at once.
constexpr std::size_t kStride = kPage + kStackSize;

// Stacks a constant number of pages apart would meet in the same few sets of a cache; their tops are staggered.
constexpr std::size_t top_offset(unsigned index) { return index % 32 * 128; }

}  // namespace

void ThreadSet::provide(unsigned count, Block* block, Fiber::Entry entry, const char* name) {
  if (count <= count_) return;
  drop();
  void* stacks =
      mmap(nullptr, count * kStride, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stacks == MAP_FAILED) throw std::bad_alloc();
  stacks_ = static_cast<char*>(stacks);
  threads_ = std::make_unique<Thread[]>(count);
  rings_.reset(new AsyncCopy[count * std::size_t{AsyncCopies::kLimit}]);  // not touched where a kernel has no cp.async
  count_ = count;
  for (unsigned i = 0; i < count; ++i) {
    char* stack = stacks_ + i * kStride;
    mprotect(stack, kPage, PROT_NONE);
    Thread& thread = threads_[i];
    thread.block = block;
    thread.lane = i % kWarpSize;
    thread.warp = i / kWarpSize;
    thread.async_copies.use_ring(&rings_[i * std::size_t{AsyncCopies::kLimit}]);
    std::array<char, 64> its_name;
    std::snprintf(its_name.data(), its_name.size(), name, i);
    thread.fiber.prepare(stack + kPage, kStackSize - top_offset(i), entry, &thread, its_name.data());
  }
}

void ThreadSet::drop() {
  for (unsigned i = 0; i < count_; ++i) threads_[i].fiber.drop();
  if (stacks_) {
    asan::unpoison(stacks_, count_ * kStride);
    munmap(stacks_, count_ * kStride);
  }
  stacks_ = nullptr;
  threads_.reset();
  rings_.reset();
  count_ = 0;
}

}  // namespace simt

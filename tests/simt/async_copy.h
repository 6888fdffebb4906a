// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "simt/site.h"

namespace simt {

/// A cp.async that was issued and has not been waited for. It takes place when it is waited for, the latest moment that
/// a GPU may choose; until then its destination holds NaN. The memory is touched where the kernel is compiled (ptx.h),
/// so that a sanitizer sees it as the kernel's doing.
struct AsyncCopy {
  std::uint32_t* to;
  const std::uint32_t* from;
  int words;
  int source_bytes;
  unsigned group;
  Site site;
};

/// Of the running thread: checks and notes a copy; ends the group of the copies noted since the last commit; takes out
/// the oldest copy that a wait for all but the newest `pending` groups waits for (false: none is left).
void issue_async_copy(const AsyncCopy& copy);
void commit_async_copies();
bool take_async_copy(unsigned pending, AsyncCopy& copy);

/// The copies of one thread that are under way, oldest first, in a ring that the thread is given.
class AsyncCopies {
 public:
  static constexpr unsigned kLimit = 256;

  void use_ring(AsyncCopy* ring) { ring_ = ring; }
  void clear() { first_ = count_ = group_ = 0; }
  bool empty() const { return count_ == 0; }
  bool full() const { return count_ == kLimit; }
  const AsyncCopy& first() const { return ring_[first_ % kLimit]; }

  void add(const AsyncCopy& copy) {
    AsyncCopy& slot = ring_[(first_ + count_++) % kLimit];
    slot = copy;
    slot.group = group_;
  }
  void commit() { ++group_; }
  bool take(unsigned pending, AsyncCopy& copy) {
    if (empty() || first().group + pending >= group_) return false;
    copy = first();
    ++first_;
    --count_;
    return true;
  }

 private:
  AsyncCopy* ring_ = nullptr;
  unsigned first_ = 0, count_ = 0, group_ = 0;
};

}  // namespace simt

// SPDX-License-Identifier: Apache-2.0
#include "learn/train/prefetch.h"

#include <utility>

namespace genocuda {

Prefetch::Prefetch(std::int64_t first, std::int64_t last, Fill fill) : fill_(std::move(fill)) {
  thread_ = std::thread([this, first, last] { work(first, last); });
}

Prefetch::~Prefetch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Prefetch::work(std::int64_t first, std::int64_t last) {
  // The batch handed out last stays the caller's, so that slot is not free yet.
  const auto ahead = static_cast<std::int64_t>(slots_.size()) - 1;
  for (std::int64_t index = first; index < last; ++index) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || filled_ - taken_ < ahead; });
      if (stopping_) return;
    }
    std::exception_ptr failure;
    try {
      fill_(index, slots_[static_cast<std::size_t>(index - first) % slots_.size()]);
    } catch (...) {
      failure = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex_);
      failure_ = failure;
      if (!failure) ++filled_;
    }
    changed_.notify_all();
    if (failure) return;
  }
}

const Batch& Prefetch::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return filled_ > taken_ || failure_; });
  if (filled_ == taken_) std::rethrow_exception(failure_);
  const Batch& batch = slots_[static_cast<std::size_t>(taken_) % slots_.size()];
  ++taken_;
  lock.unlock();
  changed_.notify_all();
  return batch;
}

}  // namespace genocuda

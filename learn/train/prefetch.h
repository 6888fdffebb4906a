// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "learn/train/batch.h"

namespace genocuda {

/// Fills batches first, first + 1, …, last − 1 on a thread of its own, one ahead of the caller. The batches and their
/// order do not depend on timing.
class Prefetch {
 public:
  using Fill = std::function<void(std::int64_t index, Batch& batch)>;
  Prefetch(std::int64_t first, std::int64_t last, Fill fill);
  /// Waits for the batch that is being filled, if any.
  ~Prefetch();
  Prefetch(const Prefetch&) = delete;
  Prefetch& operator=(const Prefetch&) = delete;

  /// The next batch, valid until the following call; what `fill` threw is thrown here. At most last − first calls.
  const Batch& next();

 private:
  void work(std::int64_t first, std::int64_t last);

  Fill fill_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Batch> slots_{2};
  std::int64_t filled_ = 0, taken_ = 0;  // batches, since the start
  std::exception_ptr failure_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace genocuda

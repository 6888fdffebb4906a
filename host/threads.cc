// SPDX-License-Identifier: Apache-2.0
#include "host/threads.h"

#include <algorithm>
#include <atomic>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace genocuda::host {
namespace {

int available_threads() {
#ifdef _OPENMP
  static const int available = std::max(1, omp_get_max_threads());
  return available;
#else
  return 1;
#endif
}

std::atomic<int> current{0};

}  // namespace

int thread_count() {
  const int threads = current.load(std::memory_order_relaxed);
  return threads > 0 ? threads : available_threads();
}

void set_thread_count([[maybe_unused]] int threads) {
#ifdef _OPENMP
  current.store(threads > 0 ? threads : available_threads(), std::memory_order_relaxed);
#endif
}

void announce_threads() {
#ifdef _OPENMP
  if (omp_get_max_threads() != thread_count()) omp_set_num_threads(thread_count());
#endif
}

}  // namespace genocuda::host

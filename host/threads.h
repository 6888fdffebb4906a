// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// Threads of the CPU backend: OpenMP where the compiler has it, else one thread.
namespace genocuda::host {

/// The number of threads of the CPU backend in this process: that of the CPU device made last.
int thread_count();
/// 0 stands for all that the process may use (OMP_NUM_THREADS and the CPU affinity are heeded).
void set_thread_count(int threads);

/// Tells libraries with OpenMP threads of their own, when they are called from this thread, to use thread_count() of
/// them.
void announce_threads();

/// Calls work(i) for 0 <= i < count, each thread a run of neighbouring i, the same ones every time. What is computed
/// must not depend on who computes it: work(i) writes to places of its own. No exception may leave `work`.
template <typename Work>
void parallel_for(std::int64_t count, const Work& work) {
#ifdef _OPENMP
  // A region costs some microseconds; a single block of work is not worth one.
  if (count > 1 && thread_count() > 1) {
#pragma omp parallel for schedule(static) num_threads(thread_count())
    for (std::int64_t i = 0; i < count; ++i) work(i);
    return;
  }
#endif
  for (std::int64_t i = 0; i < count; ++i) work(i);
}

}  // namespace genocuda::host

// SPDX-License-Identifier: Apache-2.0
#include "host/cpu_device.h"
#include "tests/ops/devices.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GENOCUDA_TSAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define GENOCUDA_TSAN 1
#endif

namespace genocuda::op_test {

Device& oracle() {
#ifdef GENOCUDA_TSAN
  // ThreadSanitizer does not know the barriers of OpenMP's runtime and would report its threads for races.
  constexpr int kThreads = 1;
#else
  // Two threads even where there is one core, so that the parallel code is what is tested.
  constexpr int kThreads = 2;
#endif
  static const std::unique_ptr<Device> device = make_cpu_device(kThreads);
  return *device;
}

}  // namespace genocuda::op_test

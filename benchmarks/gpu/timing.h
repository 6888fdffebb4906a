// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/device.h"

namespace genocuda::bench {

/// Of one run, in microseconds.
struct Timing {
  double lower_quartile = 0, median = 0, upper_quartile = 0;
};

struct TimingEffort {
  int samples = 15;
  double sample_seconds = 2e-3;  ///< long against the wait for the device that ends a sample
};

/// The time of `run(i)`, i counting up, on a stream that does nothing else. Many runs are recorded once and replayed,
/// where the device can, so that launching them costs next to nothing. Warms up first.
Timing measure(Stream& stream, const TimingEffort& effort, const std::function<void(int)>& run);

/// As above for work that has its own way of launching: `run` starts it, `wait` waits for it.
Timing measure(const TimingEffort& effort, const std::function<void()>& run, const std::function<void()>& wait);

}  // namespace genocuda::bench

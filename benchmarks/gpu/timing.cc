// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/gpu/timing.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace genocuda::bench {
namespace {

constexpr int kWarmUps = 4;  // the first runs load code, the next may record
constexpr int kMostRecorded = 64;

/// Seconds from the start of `count` runs to the end of the last.
double seconds(int count, const std::function<void()>& run, const std::function<void()>& wait) {
  wait();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) run();
  wait();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int runs_in(double wanted, double one, int most) {
  return static_cast<int>(std::clamp(std::ceil(wanted / std::max(one, 1e-9)), 1.0, static_cast<double>(most)));
}

}  // namespace

Timing measure(const TimingEffort& effort, const std::function<void()>& run, const std::function<void()>& wait) {
  seconds(kWarmUps, run, wait);
  const int count = runs_in(effort.sample_seconds, seconds(2, run, wait) / 2, 1 << 20);
  std::vector<double> samples(static_cast<std::size_t>(effort.samples));
  for (double& sample : samples) sample = seconds(count, run, wait) / count * 1e6;
  std::ranges::sort(samples);
  const auto quantile = [&](double share) {
    return samples[static_cast<std::size_t>(share * (effort.samples - 1) + 0.5)];
  };
  return {quantile(0.25), quantile(0.5), quantile(0.75)};
}

Timing measure(Stream& stream, const TimingEffort& effort, const std::function<void(int)>& run) {
  const auto wait = [&] { stream.synchronize(); };
  int next = 0;
  const std::function<void()> once = [&] { stream.perform([&] { run(next++); }); };
  seconds(kWarmUps, once, wait);
  const int recorded = runs_in(effort.sample_seconds / 4, seconds(2, once, wait) / 2, kMostRecorded);
  const std::unique_ptr<Recording> recording = stream.record([&] {
    for (int i = 0; i < recorded; ++i) run(i);
  });
  if (recording == nullptr) return measure(effort, once, wait);
  Timing timing = measure(
      effort, [&] { recording->replay(); }, wait);
  for (double* each : {&timing.lower_quartile, &timing.median, &timing.upper_quartile}) *each /= recorded;
  return timing;
}

}  // namespace genocuda::bench

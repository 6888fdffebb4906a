// SPDX-License-Identifier: Apache-2.0
#include "learn/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.h"

namespace genocuda {
namespace {

/// From `from` (at 0) to `to` (at 1) along half a cosine.
double cosine_between(double from, double to, double position) {
  return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * std::clamp(position, 0.0, 1.0)));
}

/// PyTorch's OneCycleLR: the peak is reached at step peak · steps − 1, the end at the last step.
double one_cycle(double rate, double peak, double now, double steps) {
  constexpr double kStartDivisor = 25, kEndDivisor = 1e4;
  const double start = rate / kStartDivisor, top = peak * steps - 1, last = steps - 1;
  if (now <= top) return top > 0 ? cosine_between(start, rate, now / top) : rate;
  return cosine_between(rate, start / kEndDivisor, (now - top) / (last - top));
}

}  // namespace

double learning_rate_at(const TrainingSettings& settings, std::int64_t epoch, std::int64_t step,
                        std::int64_t steps_per_epoch, std::int64_t reductions) {
  const ScheduleSettings& schedule = settings.schedule;
  const double rate = settings.learning_rate;
  const double steps = static_cast<double>(settings.epochs * steps_per_epoch);
  const double now = static_cast<double>(epoch * steps_per_epoch + step);
  const double warmup = schedule.warmup_epochs * static_cast<double>(steps_per_epoch);
  // The last step, not the one after it, is where a schedule arrives.
  const auto position = [&](double first) { return steps - first > 1 ? (now - first) / (steps - first - 1) : 1.0; };

  if (now < warmup) return rate * (now + 1) / warmup;
  const auto reduced = [&](std::int64_t times) {
    return std::max(schedule.floor, rate * std::pow(schedule.factor, static_cast<double>(times)));
  };
  switch (schedule.kind) {
    case ScheduleKind::constant:
      return rate;
    case ScheduleKind::plateau:
      return reduced(reductions);
    case ScheduleKind::step:
      return reduced(epoch / schedule.every);
    case ScheduleKind::cosine:
      return cosine_between(rate, schedule.floor, position(warmup));
    case ScheduleKind::one_cycle:
      return one_cycle(rate, schedule.peak, now, steps);
  }
  throw Error(ErrorKind::internal, "unknown schedule {}", static_cast<int>(schedule.kind));
}

bool ProgressWatch::update(const TrainingSettings& settings, const FigureInfo& figure, std::optional<double> value,
                           std::int64_t epoch) {
  if (improves(figure, value, best)) {
    best = value;
    best_epoch = epoch;
    since_best = since_change = 0;
    return true;
  }
  ++since_best;
  ++since_change;
  if (settings.schedule.kind == ScheduleKind::plateau && since_change >= settings.schedule.patience) {
    ++reductions;
    since_change = 0;
  }
  return false;
}

bool ProgressWatch::should_stop(const TrainingSettings& settings) const {
  return settings.patience > 0 && since_best >= settings.patience;
}

}  // namespace genocuda

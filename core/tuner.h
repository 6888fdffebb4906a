// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/implementation.h"

namespace genocuda {

/// What timing found for a problem.
struct Tuning {
  std::string implementation;             ///< the choice
  std::map<std::string, double> seconds;  ///< of one run, by implementation
};

/// Where a tuner keeps what it found. Both names are texts of one line that change with whatever may change the times.
class TuningStore {
 public:
  virtual ~TuningStore() = default;
  virtual std::optional<Tuning> find(const std::string& device, const std::string& problem) = 0;
  virtual void keep(const std::string& device, const std::string& problem, const Tuning& tuning) = 0;
};

/// Chooses implementations by timing them on the device, with random finite data in buffers of its own, whose memory it
/// gives back. It chooses among the rows that support a problem, not the reference where others do; a row later in the
/// table must be faster by a twentieth. Other rows round in another way: with a tuner, results agree within rounding
/// where times differ from one machine or day to the next. Safe for use by several threads, of which one is timed at a
/// time.
class Tuner {
 public:
  /// `store` may be null: then nothing is known at the start and all forgotten at the end.
  explicit Tuner(std::shared_ptr<TuningStore> store = nullptr);

  /// At most this long for a problem, roughly: every candidate runs once to warm up and once to be timed.
  double seconds_a_problem = 0.5;
  /// Called with a line for every problem that was timed: "conv1d(…) -> (…), fp32, …: mma 12.1 µs, direct 80.3 µs".
  std::function<void(const std::string&)> report = nullptr;

  /// Null where there is nothing to choose: fewer than two rows support the problem, or its operator has attributes and
  /// no text for them, or the device lacks the memory to try.
  const Implementation* choose(const Problem& problem);

 private:
  std::vector<const Implementation*> candidates(const Problem& problem) const;
  std::optional<Tuning> time(const Problem& problem, const std::vector<const Implementation*>& candidates) const;

  std::mutex mutex_;
  std::shared_ptr<TuningStore> store_;
  std::map<std::string, Tuning> known_;  // by device and problem
};

/// The operator, its operands, the precision and the attributes in one line: what an implementation's speed depends on.
/// Empty where the operator has attributes and no text for them.
std::string describe(const Problem& problem);

/// The device, its libraries and this library's version in one line.
std::string describe_for_tuning(const Device& device);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <vector>

#include "benchmarks/gpu/floors.h"
#include "benchmarks/gpu/timing.h"

/// What the benchmark program prints: a JSON object a line, as soon as it is known.
namespace genocuda::bench {

struct Options {
  std::vector<std::int64_t> batches{256, 64, 1024};
  TimingEffort effort;
  std::size_t cached_bytes = std::size_t{128} << 20;  ///< more than the caches of any GPU
  bool tiny = false;                                  ///< everything shrunk, for a device that is slow
  std::chrono::steady_clock::time_point end;

  bool time_is_up() const { return std::chrono::steady_clock::now() >= end; }
};

/// How numbers are stored and computed with.
struct Mode {
  DType storage;
  Precision precision;
};

void print(const nlohmann::ordered_json& row);

/// Adds time and floor to a row and prints it.
void print(nlohmann::ordered_json row, const Timing& timing, const Floor& floor);

/// Runs `work` and prints the row it is about with the message where it throws. False then.
bool attempt(const nlohmann::ordered_json& row, const std::function<void()>& work);

/// Each prints its rows and returns how many failed.
int time_ceilings(Device& device, const Options& options);
int time_operators(Device& device, const Options& options);
int time_nets(Device& device, const Options& options);

}  // namespace genocuda::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/device.h"
#include "core/executable.h"
#include "learn/data/placement.h"

namespace CLI {
class App;
}

namespace genocuda::apps {

/// Where and how a command computes.
struct RunOptions {
  std::string device = "auto";
  int threads = 0;
  std::string implementations;  ///< "conv1d=reference,matmul=onednn"
  Precision precision = Precision::fp32;
  bool tune = false;
  std::string tune_cache;  ///< default_tuning_path() where it is empty
  bool debug_sync = false;
  bool quiet = false;
};

void add_run_options(CLI::App& command, RunOptions& options);
/// --precision, of verbs that run a trained model; train has it among its settings.
void add_precision_option(CLI::App& command, RunOptions& options);
/// --data-on, of verbs that run a network over a genome or signals.
void add_data_on_option(CLI::App& command, DataPlacement& data);

/// Throws as open_device() does, and Error(invalid_argument) where --impl names what the device does not have.
std::unique_ptr<Device> open(const RunOptions& options);
/// Says which device computes, on standard error, and where it has nothing faster for the precision that it computes in
/// fp32. Comes after all that may be wrong with the input.
void announce(const RunOptions& options, const Device& device);

/// The precision, implementations and tuner asked for. Throws Error(invalid_argument) for what is not operator=name.
ExecutableOptions executable_options(const RunOptions& options);

}  // namespace genocuda::apps

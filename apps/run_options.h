// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/device.h"
#include "core/executable.h"

namespace CLI {
class App;
}

namespace genocuda::apps {

/// Where and how a command computes.
struct RunOptions {
  std::string device = "auto";
  int threads = 0;
  std::string implementations;  ///< "conv1d=reference,matmul=onednn"
  bool debug_sync = false;
  bool quiet = false;
};

void add_run_options(CLI::App& command, RunOptions& options);

/// Throws as open_device() does, and Error(invalid_argument) where --impl names what the device does not have.
std::unique_ptr<Device> open(const RunOptions& options);
/// Says which device computes, on standard error. Comes after all that may be wrong with the input.
void announce(const RunOptions& options, const Device& device);

/// The implementations asked for. Throws Error(invalid_argument) for what is not operator=name.
ExecutableOptions executable_options(const RunOptions& options);

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/executable.h"
#include "learn/data/placement.h"
#include "learn/data/resident_windows.h"

namespace genocuda {

struct PredictorOptions {
  std::int64_t batch = 256;  ///< at most
  /// Average the predictions for a window and its reverse complement (as DeepSEA does); those along the window base by
  /// base, for which outputs of several channels need the signal of theirs among the examples.
  bool rc_average = false;
  ExecutableOptions executable = {};
  /// Where genome and signals lie. On a device they stay from one set of examples to the next of the same genome and
  /// signals; those of another take their place. Changes no bit of a prediction.
  DataPlacement data = DataPlacement::host;
  /// Genome and signals that lie on the device already and outlive the predictor, whatever `data` says. Other examples
  /// are then an Error.
  const ResidentWindows* resident = nullptr;
  /// Told, in a line each, what is done in another way than was asked for: data that do not fit beside the network are
  /// sent, and a batch that does not fit into the device's memory is made smaller, which changes predictions by
  /// rounding at most.
  std::function<void(const std::string&)> on_notice = {};
};

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/executable.h"

namespace genocuda {

/// A training step of a small convolutional net over random data: `loss`, and each parameter after the step.
class SmallNet {
 public:
  /// `implementations` as in ExecutableOptions.
  SmallNet(Device& device, std::map<std::string, std::string, std::less<>> implementations = {});

  void run();
  /// The loss, then all variables.
  std::vector<float> numbers() const;

 private:
  std::unique_ptr<VariableStore> variables_;
  std::unique_ptr<Executable> executable_;
};

}  // namespace genocuda

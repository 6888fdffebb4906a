// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/executable.h"

namespace genocuda {

/// Training steps of a small convolutional net with dropout over random data.
class SmallNet {
 public:
  /// What follows the first convolution: batch normalisation, or a bias (then the layers up to the pool may be fused).
  enum class FirstLayer { batch_norm, bias };

  /// Of how many examples a step is, where gradients are compared: fewer have less to average what rounding decides.
  static constexpr std::int64_t kBatch = 24;
  /// Enough of them where bits are compared.
  static constexpr std::int64_t kSmallBatch = 5;

  SmallNet(Device& device, const ExecutableOptions& options = {}, FirstLayer first = FirstLayer::batch_norm,
           std::int64_t batch = kBatch);

  /// Step `number`, from 1: dropout draws other units in each.
  void run(std::int32_t number = 1);
  float loss() const;
  /// Of the loss with respect to each parameter in the last step, before clipping, by the parameter's name.
  std::map<std::string, std::vector<float>> gradients() const;
  /// Parameters and the optimizer's state after the last step, by name.
  std::map<std::string, std::vector<float>> variables() const;
  /// The loss, then all variables.
  std::vector<float> numbers() const;
  std::vector<std::string> schedule() const { return executable_->schedule(); }

 private:
  std::vector<std::string> parameters_;
  std::unique_ptr<VariableStore> variables_;
  std::unique_ptr<Executable> executable_;
};

}  // namespace genocuda

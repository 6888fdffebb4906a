// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/stream.h"

/// Updates of whole lists of parameters, all in float: core/ops/optimizer.h says what they compute. Numbers that change
/// from step to step are read on the device.
namespace genocuda::kernels {

struct OptimizerRule {
  enum class Kind : std::uint8_t { sgd, adagrad, rmsprop, adam, adamw };
  Kind kind;
  bool nesterov;    ///< sgd
  double momentum;  ///< sgd, rmsprop
  double decay;     ///< rmsprop
  double beta1, beta2, epsilon;
  /// Tensors of state beside each parameter.
  int slots() const;
};

/// A parameter with its state before and after a step; outputs may take the place of inputs.
struct TrainedTensor {
  static constexpr int kMaxSlots = 2;
  std::int64_t elements;
  const float* gradient;
  const float* parameter;
  float* new_parameter;
  const float* slots[kMaxSlots];
  float* new_slots[kMaxSlots];
  float l2, l1;
};

/// One step over a list of tensors, in as few launches as their number allows.
class OptimizerStep {
 public:
  OptimizerStep(const OptimizerRule& rule, const float* learning_rate, const std::int32_t* step,
                const float* gradient_scale, Stream stream)
      : rule_(rule), learning_rate_(learning_rate), step_(step), gradient_scale_(gradient_scale), stream_(stream) {}
  void add(const TrainedTensor& tensor);
  /// Launches what is left: to be called after the last add.
  void finish();

 private:
  static constexpr int kTensorsOfLaunch = 48;

  OptimizerRule rule_;
  const float* learning_rate_;
  const std::int32_t* step_;
  const float* gradient_scale_;
  Stream stream_;
  int size_ = 0;
  TrainedTensor tensors_[kTensorsOfLaunch];
};

}  // namespace genocuda::kernels

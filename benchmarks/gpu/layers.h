// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <any>
#include <cstdint>
#include <string>
#include <vector>

#include "core/operator.h"
#include "core/ops/sliding_window.h"

/// The layers that are timed, of published nets: the one table of their shapes.
namespace genocuda::bench {

struct Layer {
  enum class Kind { onehot, conv, max_pool, batch_norm, adam };
  std::string name;
  Kind kind = Kind::conv;
  std::int64_t length = 0, in = 0, width = 1, out = 0;
  std::int64_t dilation = 1;
  Padding padding = Padding::same;
  std::int64_t pool = 1;                      ///< of a one-hot layer: what follows the convolution, 1 for nothing
  std::vector<std::int64_t> parameters = {};  ///< of adam: the sizes of the tensors

  SlidingWindow window() const;
  /// The layer with extents that a slow device runs in moments.
  Layer shrunk() const;
};

const std::vector<Layer>& layers();

/// An operator of a layer on a batch, with operands stored in `dtype`.
struct LayerOperator {
  std::string name;  ///< the operator's
  const Operator* op;
  std::any attributes;
  std::vector<TensorType> inputs, outputs;
  bool parameters_alone = false;  ///< does not depend on the batch
};

/// Forward, fused and backward.
std::vector<LayerOperator> operators_of(const Layer& layer, std::int64_t batch, DType dtype);

/// The matrix product whose rate stands for the peak of a device.
LayerOperator square_product(std::int64_t extent, DType dtype);

}  // namespace genocuda::bench

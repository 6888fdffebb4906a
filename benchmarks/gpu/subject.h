// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "benchmarks/gpu/layers.h"
#include "core/implementation.h"

namespace genocuda::bench {

/// Random numbers for a tensor: floats in [0.1, 1), DNA without N, ones as whole numbers, bytes below 3.
void fill_random(Stream& stream, const TensorView& tensor, std::mt19937& random);

/// Operands of an operator in device memory, in so many sets that runs on one after the other find none of them in a
/// cache.
class Operands {
 public:
  /// Sets share nothing and hold `cached_bytes` together, or more.
  Operands(Device& device, const LayerOperator& subject, std::size_t cached_bytes);

  /// Runs on set `i`, counted round.
  void run(int i, const Prepared& prepared, void* scratch);
  Stream& stream() { return *stream_; }

 private:
  struct Set {
    std::vector<TensorView> inputs, outputs;
  };

  std::unique_ptr<Stream> stream_;
  std::vector<Buffer> buffers_;
  std::vector<Set> sets_;
};

}  // namespace genocuda::bench

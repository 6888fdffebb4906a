// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/ops/sliding_window.h"

/// oneDNN 2.6 and newer behind an interface of our own: the one place that knows its API. In a build without oneDNN
/// (GENOCUDA_HAVE_ONEDNN undefined) the classes have no definition.
namespace genocuda::fast {

/// "oneDNN 2.6.3", or "no oneDNN" in a build without it.
std::string onednn_version();

enum class ConvolutionPass { forward, backward_input, backward_filters };

/// x [batch, length, in], filters [width, in, out], y [batch, out_length, out]; all f32, no extent is 0.
struct ConvolutionShape {
  std::int64_t batch = 1;
  std::int64_t length = 1;
  std::int64_t in = 1;
  std::int64_t out = 1;
  std::int64_t out_length = 1;
  SlidingWindow window;
};

/// One convolution (core/ops/conv1d.h) made ready to run. Copies share their state: one run at a time.
class OnednnConvolution {
 public:
  OnednnConvolution(ConvolutionPass pass, const ConvolutionShape& shape);

  std::size_t scratch_bytes() const;
  /// forward: (x, filters) -> y; backward_input: (dy, filters) -> dx; backward_filters: (x, dy) -> dfilters.
  void run(const float* first, const float* second, float* result, void* scratch) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// a [m, k] · b [k, n] -> [m, n], f32, no extent 0; a transposed operand lies in memory as [k, m] or [n, k].
struct MatmulShape {
  std::int64_t m = 1;
  std::int64_t k = 1;
  std::int64_t n = 1;
  bool transpose_a = false;
  bool transpose_b = false;
};

/// One matrix product made ready to run. Copies share their state: one run at a time.
class OnednnMatmul {
 public:
  explicit OnednnMatmul(const MatmulShape& shape);

  std::size_t scratch_bytes() const;
  void run(const float* a, const float* b, float* result, void* scratch) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace genocuda::fast

// SPDX-License-Identifier: Apache-2.0
#include "core/ops/sliding_window.h"

#include <algorithm>

#include "core/ops/checks.h"

namespace genocuda {
namespace {

/// Keeps every product and sum of window sizes within 64 bits.
constexpr std::int64_t kLargest = std::int64_t{1} << 30;

void require_size(std::int64_t size, std::int64_t smallest, std::string_view what) {
  ops::require(size >= smallest && size <= kLargest, "the {} of a window must be between {} and 2^30, not {}", what,
               smallest, size);
}

void check(const SlidingWindow& window) {
  require_size(window.width, 1, "width");
  require_size(window.stride, 1, "stride");
  require_size(window.dilation, 1, "dilation");
  require_size(window.pad_left, 0, "left padding");
  require_size(window.pad_right, 0, "right padding");
}

}  // namespace

std::int64_t SlidingWindow::output_length(std::int64_t input_length) const {
  check(*this);
  const std::int64_t padded = pad_left + input_length + pad_right;
  ops::require(input_length >= 1 && padded >= span(),
               "a window that spans {} positions does not fit a length of {}{}: shorten the window or pad more", span(),
               input_length, padded > input_length ? fmt::format(" padded to {}", padded) : "");
  return (padded - span()) / stride + 1;
}

std::string to_string(const SlidingWindow& window) {
  return fmt::format("width {}, stride {}, dilation {}, padding {} + {}", window.width, window.stride, window.dilation,
                     window.pad_left, window.pad_right);
}

SlidingWindow sliding_window(Padding padding, std::int64_t length, std::int64_t width, std::int64_t stride,
                             std::int64_t dilation) {
  SlidingWindow window{width, stride, dilation};
  check(window);
  const std::int64_t inside = length < window.span() ? 0 : (length - window.span()) / stride + 1;
  std::int64_t outputs = inside;
  switch (padding) {
    case Padding::valid:
      return window;
    case Padding::same:
      outputs = (length + stride - 1) / stride;
      break;
    case Padding::ceil: {
      const std::int64_t covered = inside == 0 ? 0 : (inside - 1) * stride + window.span();
      if (covered < length && inside * stride < length) ++outputs;
      break;
    }
  }
  const std::int64_t missing = std::max<std::int64_t>(0, (outputs - 1) * stride + window.span() - length);
  window.pad_left = padding == Padding::same ? missing / 2 : 0;
  window.pad_right = missing - window.pad_left;
  return window;
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace genocuda {

/// A window that slides along a sequence with zeros (or, for a maximum, nothing) before and after it: the geometry of
/// convolutions and pools. Output position o looks at input positions o · stride − pad_left + k · dilation, 0 <= k <
/// width.
struct SlidingWindow {
  std::int64_t width = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_left = 0;
  std::int64_t pad_right = 0;

  /// Positions from the first to the last that one window looks at.
  std::int64_t span() const { return (width - 1) * dilation + 1; }
  /// Throws Error(invalid_argument) for sizes below 1, negative padding, or an input shorter than one window.
  std::int64_t output_length(std::int64_t input_length) const;
  bool operator==(const SlidingWindow&) const = default;
};

/// "width 3, stride 1, dilation 1, padding 1 + 1".
std::string to_string(const SlidingWindow& window);

enum class Padding {
  valid,  ///< windows inside the sequence only
  same,   ///< ceil(length / stride) outputs, zeros split evenly, the odd one at the end (TensorFlow's rule)
  ceil,   ///< as valid, plus a last partial window where some positions are left over
};

/// The window with the padding that the rule asks for at this length. A `ceil` window starts inside the sequence.
SlidingWindow sliding_window(Padding padding, std::int64_t length, std::int64_t width, std::int64_t stride = 1,
                             std::int64_t dilation = 1);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace genocuda {

/// What becomes of a signal's values before a model sees them.
enum class TrackTransform {
  none,
  asinh,  ///< log(x + sqrt(x² + 1)): a logarithm for large values, of either sign, and x near 0
  log1p,  ///< log(1 + x); values below 0 count as 0
};

std::string_view name_of(TrackTransform transform);
float apply(TrackTransform transform, float value);
/// The value whose transform is `value`.
float undo(TrackTransform transform, float value);

}  // namespace genocuda

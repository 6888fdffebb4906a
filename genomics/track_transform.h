// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace genocuda {

/// What becomes of a signal's values before a model sees them.
enum class TrackTransform {
  none,
  asinh,  ///< log(x + sqrt(x² + 1)): a logarithm for large values, of either sign, and x near 0
  log1p,  ///< log(1 + x), of values above -1
};

std::string_view name_of(TrackTransform transform);
/// Whether a signal may have this value, a number: only log1p has no place for some.
bool takes(TrackTransform transform, float value);
/// Not finite where the transform does not take the value.
float apply(TrackTransform transform, float value);
/// The value whose transform is `value`.
float undo(TrackTransform transform, float value);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "genomics/track_transform.h"

#include <cmath>

#include "core/error.h"

namespace genocuda {
namespace {

[[noreturn]] void throw_unknown(TrackTransform transform) {
  throw Error(ErrorKind::internal, "unknown transform {}", static_cast<int>(transform));
}

}  // namespace

std::string_view name_of(TrackTransform transform) {
  switch (transform) {
    case TrackTransform::none:
      return "none";
    case TrackTransform::asinh:
      return "asinh";
    case TrackTransform::log1p:
      return "log1p";
  }
  throw_unknown(transform);
}

bool takes(TrackTransform transform, float value) { return transform != TrackTransform::log1p || value > -1; }

float apply(TrackTransform transform, float value) {
  switch (transform) {
    case TrackTransform::none:
      return value;
    case TrackTransform::asinh:
      return std::asinh(value);
    case TrackTransform::log1p:
      return std::log1p(value);
  }
  throw_unknown(transform);
}

float undo(TrackTransform transform, float value) {
  switch (transform) {
    case TrackTransform::none:
      return value;
    case TrackTransform::asinh:
      return std::sinh(value);
    case TrackTransform::log1p:
      return std::expm1(value);
  }
  throw_unknown(transform);
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "core/error.h"
#include "core/tensor_type.h"

/// What shape inference checks again and again.
namespace genocuda::ops {

template <typename... Args>
void require(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) throw Error(ErrorKind::invalid_argument, format, std::forward<Args>(args)...);
}

inline void require_floating(const TensorType& type, std::string_view what) {
  require(is_floating(type.dtype), "{} must be floating, not {}", what, type.to_string());
}

inline void require_rank(const TensorType& type, int rank, std::string_view what) {
  require(type.shape.rank() == rank, "{} must have {} dimensions, not {}", what, rank, type.to_string());
}

inline void require_same(const TensorType& a, const TensorType& b) {
  require(a == b, "{} and {} differ", a.to_string(), b.to_string());
}

}  // namespace genocuda::ops

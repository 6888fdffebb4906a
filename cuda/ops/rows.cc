// SPDX-License-Identifier: Apache-2.0
#include "cuda/ops/rows.h"

#include <optional>

namespace genocuda::cuda {

bool has_one_storage(const Problem& problem) {
  std::optional<DType> storage;
  for (const auto types : {problem.inputs, problem.outputs}) {
    for (const TensorType& type : types) {
      if (!is_floating(type.dtype)) continue;
      if (!is_storable(type.dtype) || storage.value_or(type.dtype) != type.dtype) return false;
      storage = type.dtype;
    }
  }
  return true;
}

}  // namespace genocuda::cuda

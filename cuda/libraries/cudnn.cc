// SPDX-License-Identifier: Apache-2.0
#include "cuda/libraries/cudnn.h"

#include <cudnn.h>

#include <fmt/format.h>

#include "cuda/libraries/dynamic_library.h"

namespace genocuda::cuda {

std::string describe_cudnn() {
  constexpr const char* kVariable = "GENOCUDA_CUDNN";
  DynamicLibrary library(
      library_candidates(kVariable, fmt::format("libcudnn.so.{}", CUDNN_MAJOR), {"nvidia/cudnn/lib"}));
  decltype(&::cudnnGetVersion) get_version = nullptr;
  library.find(get_version, "cudnnGetVersion");
  if (!library.loaded()) return fmt::format("no cuDNN ({}; {} names its folder)", library.problem(), kVariable);
  const std::size_t version = get_version();  // 91900 is 9.19.0
  return fmt::format("cuDNN {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

}  // namespace genocuda::cuda

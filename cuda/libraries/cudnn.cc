// SPDX-License-Identifier: Apache-2.0
#include "cuda/libraries/cudnn.h"

#include "core/error.h"
#include "cuda/libraries/dynamic_library.h"

namespace genocuda::cuda {
namespace {

constexpr const char* kVariable = "GENOCUDA_CUDNN";

Cudnn load() {
  Cudnn result;
  // The headers' own major version: another may differ in its constants.
  DynamicLibrary library(
      library_candidates(kVariable, fmt::format("libcudnn.so.{}", CUDNN_MAJOR), {"nvidia/cudnn/lib"}));
#define X(function) library.find(result.function, #function);
  GENOCUDA_CUDNN_FUNCTIONS(X)
#undef X
  result.problem = library.problem();
  return result;
}

}  // namespace

const Cudnn& cudnn() {
  static const Cudnn functions = load();
  return functions;
}

void Cudnn::check(cudnnStatus_t status, std::string_view what) const {
  if (status == CUDNN_STATUS_SUCCESS) return;
  char detail[512] = "";
  cudnnGetLastErrorString(detail, sizeof detail);
  throw Error(ErrorKind::device, "cuDNN: {} failed: {}{}{}", what, cudnnGetErrorString(status),
              *detail == '\0' ? "" : ": ", detail);
}

std::string describe_cudnn() {
  const Cudnn& library = cudnn();
  if (!library.problem.empty()) return fmt::format("no cuDNN ({}; {} names its folder)", library.problem, kVariable);
  const std::size_t version = library.cudnnGetVersion();  // 91900 is 9.19.0
  return fmt::format("cuDNN {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

}  // namespace genocuda::cuda

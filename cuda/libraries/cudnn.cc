// SPDX-License-Identifier: Apache-2.0
#include "cuda/libraries/cudnn.h"

#include "core/error.h"

namespace genocuda::cuda {
namespace {

LibraryName name() {
  return {"cuDNN", "GENOCUDA_CUDNN", fmt::format("libcudnn.so.{}", CUDNN_MAJOR), {"nvidia/cudnn/lib"}};
}

}  // namespace

const Cudnn& cudnn() {
  static const Cudnn functions = load_library<Cudnn>(name());
  return functions;
}

void Cudnn::check(cudnnStatus_t status, std::string_view what) const {
  if (status == CUDNN_STATUS_SUCCESS) return;
  char detail[512] = "";
  cudnnGetLastErrorString(detail, sizeof detail);
  throw Error(ErrorKind::device, "cuDNN: {} failed: {}{}{}", what, cudnnGetErrorString(status),
              *detail == '\0' ? "" : ": ", detail);
}

std::string describe_cudnn() { return describe_library(name(), cudnn().problem, cudnn().cudnnGetVersion); }

}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#include "cuda/libraries/cublaslt.h"

#include <map>
#include <mutex>

#include "core/error.h"
#include "cuda/handles.h"

namespace genocuda::cuda {
namespace {

LibraryName name() {
  return {"cuBLASLt",
          "GENOCUDA_CUBLASLT",
          fmt::format("libcublasLt.so.{}", CUBLAS_VER_MAJOR),
          {fmt::format("nvidia/cu{}/lib", CUBLAS_VER_MAJOR), "nvidia/cublas/lib"}};
}

}  // namespace

const CublasLt& cublaslt() {
  static const CublasLt functions = load_library<CublasLt>(name());
  return functions;
}

cublasLtHandle_t cublaslt_handle(const Context& context) {
  static std::mutex mutex;
  static std::map<int, cublasLtHandle_t> handles;
  const std::lock_guard lock(mutex);
  cublasLtHandle_t& handle = handles[context.ordinal()];
  if (handle == nullptr) {
    const DeviceGuard guard(context.ordinal());
    cublaslt().check(cublaslt().cublasLtCreate(&handle), "making a handle");
  }
  return handle;
}

void CublasLt::check(cublasStatus_t status, std::string_view what) const {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw Error(ErrorKind::device, "cuBLASLt: {} failed: {}", what, cublasLtGetStatusString(status));
}

std::string describe_cublaslt() { return describe_library(name(), cublaslt().problem, cublaslt().cublasLtGetVersion); }

}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#include "cuda/libraries/cublaslt.h"

#include <map>
#include <mutex>

#include "core/error.h"
#include "cuda/handles.h"
#include "cuda/libraries/dynamic_library.h"

namespace genocuda::cuda {
namespace {

constexpr const char* kVariable = "GENOCUDA_CUBLASLT";

CublasLt load() {
  CublasLt result;
  // The headers' own major version: another may differ in its structures.
  DynamicLibrary library(library_candidates(kVariable, fmt::format("libcublasLt.so.{}", CUBLAS_VER_MAJOR),
                                            {fmt::format("nvidia/cu{}/lib", CUBLAS_VER_MAJOR), "nvidia/cublas/lib"}));
#define X(function) library.find(result.function, #function);
  GENOCUDA_CUBLASLT_FUNCTIONS(X)
#undef X
  result.problem = library.problem();
  return result;
}

}  // namespace

const CublasLt& cublaslt() {
  static const CublasLt functions = load();
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

std::string describe_cublaslt() {
  const CublasLt& library = cublaslt();
  if (!library.problem.empty()) return fmt::format("no cuBLASLt ({}; {} names its folder)", library.problem, kVariable);
  const std::size_t version = library.cublasLtGetVersion();  // 130100 is 13.1.0
  return fmt::format("cuBLASLt {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

}  // namespace genocuda::cuda

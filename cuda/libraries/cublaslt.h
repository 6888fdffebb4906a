// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cublasLt.h>

#include <string>
#include <string_view>

#include "core/implementation.h"
#include "cuda/context.h"
#include "cuda/libraries/dynamic_library.h"

namespace genocuda::cuda {

/// cuBLASLt's functions, as far as they are used here.
#define GENOCUDA_CUBLASLT_FUNCTIONS(X)    \
  X(cublasLtCreate)                       \
  X(cublasLtGetStatusString)              \
  X(cublasLtGetVersion)                   \
  X(cublasLtMatmul)                       \
  X(cublasLtMatmulAlgoGetHeuristic)       \
  X(cublasLtMatmulDescCreate)             \
  X(cublasLtMatmulDescDestroy)            \
  X(cublasLtMatmulDescSetAttribute)       \
  X(cublasLtMatmulPreferenceCreate)       \
  X(cublasLtMatmulPreferenceDestroy)      \
  X(cublasLtMatmulPreferenceSetAttribute) \
  X(cublasLtMatrixLayoutCreate)           \
  X(cublasLtMatrixLayoutDestroy)

struct CublasLt {
  GENOCUDA_LIBRARY_FUNCTIONS(GENOCUDA_CUBLASLT_FUNCTIONS)

  /// Throws Error(device) that says what was tried and what the library answered.
  void check(cublasStatus_t status, std::string_view what) const;
};

/// Looked for at the first call: in GENOCUDA_CUBLASLT (a file or folder), or by its name.
const CublasLt& cublaslt();

/// The library's handle of a GPU, made at the first call and kept until the program ends: destroying one waits for the
/// whole device. Safe for use by several threads at once.
cublasLtHandle_t cublaslt_handle(const Context& context);

/// "cuBLASLt 13.1.0", or why there is none.
std::string describe_cublaslt();

/// Rows "cublaslt" of the matrix product, and of a dense layer with bias and activation.
void add_cublaslt_matmul(ImplementationTable& table);

}  // namespace genocuda::cuda

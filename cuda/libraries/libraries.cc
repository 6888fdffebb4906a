// SPDX-License-Identifier: Apache-2.0
#include "cuda/libraries/libraries.h"

#include "cuda/implementations.h"
#include "cuda/libraries/cublaslt.h"
#ifdef GENOCUDA_HAVE_CUDNN
#include "cuda/libraries/cudnn.h"
#endif

namespace genocuda::cuda {

std::string describe_libraries() {
#ifdef GENOCUDA_HAVE_CUDNN
  return describe_cudnn() + ", " + describe_cublaslt();
#else
  return "built without cuDNN, " + describe_cublaslt();
#endif
}

const ImplementationTable& implementations_with_libraries() {
  static const ImplementationTable table = [] {
    ImplementationTable rows = cuda_implementations();
    add_cublaslt_matmul(rows);
#ifdef GENOCUDA_HAVE_CUDNN
    add_cudnn_conv1d(rows);
#endif
    return rows;
  }();
  return table;
}

}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cudnn.h>

#include <string>
#include <string_view>

#include "core/implementation.h"
#include "cuda/libraries/dynamic_library.h"

namespace genocuda::cuda {

/// cuDNN's functions, as far as they are used here: those of its graph API.
#define GENOCUDA_CUDNN_FUNCTIONS(X) \
  X(cudnnBackendCreateDescriptor)   \
  X(cudnnBackendDestroyDescriptor)  \
  X(cudnnBackendExecute)            \
  X(cudnnBackendFinalize)           \
  X(cudnnBackendGetAttribute)       \
  X(cudnnBackendSetAttribute)       \
  X(cudnnCreate)                    \
  X(cudnnGetErrorString)            \
  X(cudnnGetLastErrorString)        \
  X(cudnnGetVersion)                \
  X(cudnnSetStream)

struct Cudnn {
  GENOCUDA_LIBRARY_FUNCTIONS(GENOCUDA_CUDNN_FUNCTIONS)

  /// Throws Error(device) that says what was tried and what the library answered.
  void check(cudnnStatus_t status, std::string_view what) const;
};

/// Looked for at the first call: in GENOCUDA_CUDNN (a file or folder), or by its name.
const Cudnn& cudnn();

/// "cuDNN 9.19.0", or why there is none.
std::string describe_cudnn();

/// Rows "cudnn" of the convolution, alone or with bias and activation, and its gradients.
void add_cudnn_conv1d(ImplementationTable& table);

}  // namespace genocuda::cuda

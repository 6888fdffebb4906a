// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace genocuda::cuda {

/// "cuDNN 9.19.0", looked for in GENOCUDA_CUDNN (a file or folder) or by its name, or why there is none.
std::string describe_cudnn();

}  // namespace genocuda::cuda

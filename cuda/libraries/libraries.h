// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/implementation.h"

/// NVIDIA's libraries, which are looked for when the program runs and may be absent.
namespace genocuda::cuda {

/// "cuDNN 9.19.0, cuBLASLt 13.1.0", with the reason where one cannot be used.
std::string describe_libraries();

/// The table of a GPU: the kernels of this project, then the rows of the libraries.
const ImplementationTable& implementations_with_libraries();

}  // namespace genocuda::cuda

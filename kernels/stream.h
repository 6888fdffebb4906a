// SPDX-License-Identifier: Apache-2.0
#pragma once

struct CUstream_st;

namespace genocuda::kernels {

/// The queue that a launcher puts its kernels into: a cudaStream_t, under a name that needs no CUDA header. Launchers
/// return at once, do not allocate and do not synchronise; on the emulator (tests/simt) the work is done when they
/// return. They throw std::runtime_error where a launch is refused.
using Stream = CUstream_st*;

}  // namespace genocuda::kernels

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/device.h"
#include "cuda/implementations.h"

namespace genocuda {

/// The device "emu": the implementations of CUDA devices with their kernels run by the SIMT emulator (tests/simt), in
/// host memory. Every allocation is a block of its own that starts as NaN, so that sanitizers see its end.
/// The table must outlive it.
std::unique_ptr<Device> make_emulated_device(const ImplementationTable& implementations = cuda_implementations());

}  // namespace genocuda

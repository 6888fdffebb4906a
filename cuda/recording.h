// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "core/device.h"
#include "cuda/context.h"

namespace genocuda::cuda {

/// Captures what `work` puts into `stream` as a CUDA graph, which replay() launches into the same stream. Throws what
/// `work` throws, and Error(device) where something of it cannot be captured; the stream is then as it was.
std::unique_ptr<Recording> capture(Context& context, cudaStream_t stream, const std::function<void()>& work);

}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "core/device.h"
#include "genocuda/device.h"

/// The GPUs of this machine, as far as this build knows any: gpus.cc where it has a CUDA backend, no_gpus.cc where not.
namespace genocuda {

int count_gpus();
/// At least one report: where there is no GPU, one with the name "cuda" that says why.
std::vector<DeviceReport> list_gpus();
/// Throws Error(device) with the reason where that GPU cannot be used.
std::unique_ptr<Device> make_gpu(int number);

}  // namespace genocuda

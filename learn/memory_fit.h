// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/device.h"
#include "core/error.h"

/// What to say, and what to do, when a device has too little memory for a batch.
namespace genocuda {

/// Work whose memory grows with the batch.
struct BatchedWork {
  std::string what;  ///< "training cnn", for messages
  std::int64_t batch = 0;
  std::function<std::size_t(std::int64_t batch)> bytes;  ///< that a batch would take, without taking them
};

/// The largest of half the batch, a quarter, … and 1 whose bytes are free on the device, or simply half where it does
/// not know what is; nothing where even one example does not fit.
std::optional<std::int64_t> fitting_batch(const BatchedWork& work, Device& device);

/// "predicting by cnn with batch 4096 takes 9.10 GiB on cuda:0, where 6.00 GiB are free".
std::string shortage(const BatchedWork& work, Device& device);

/// The error for work that ran out of memory, in place of the allocator's: the shortage and "--batch 2048 would fit".
Error out_of_memory(const BatchedWork& work, Device& device);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/device.h"

namespace genocuda {

/// Opens the device of that name: "cpu", "cpu:4" (that many threads), "cuda" or "cuda:1", or "auto", which is the first
/// GPU that works and else the CPU. `threads` is the number of CPU threads where the name does not say it, 0 for all
/// that the process may use. Throws Error: kind invalid_argument for a name that is none of these, device for one that
/// is absent here, with the reason and what to do. Open a GPU once in a process and share the device among threads: two
/// devices on one GPU do not lend each other the memory that they keep.
std::unique_ptr<Device> open_device(std::string_view name = "auto", int threads = 0);

/// A kind of device this build knows.
struct DeviceReport {
  std::string name;  ///< as open_device() takes it
  bool usable = false;
  std::string description;  ///< what it is, or why it cannot be used
};

/// All of them, best first.
std::vector<DeviceReport> list_devices();

}  // namespace genocuda

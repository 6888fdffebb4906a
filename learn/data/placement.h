// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "core/device.h"

namespace genocuda {

/// Where genome, signals and labels lie while a network runs over them.
enum class DataPlacement {
  automatic,  ///< on a device with memory of its own that holds them beside the network; else host
  host,       ///< each batch brings its data along
  device,     ///< in the device's memory: a batch says which examples it has
};

/// How data come to a device, and what runs over them there.
struct Placing {
  std::function<std::size_t()> copy;  ///< brings the data there; returns their bytes
  std::function<void()> prepare;      ///< makes what runs over them, wherever they lie now
  std::function<void()> take_back;    ///< undoes `copy`, and what a failed `prepare` left
};

/// Where data lie now.
struct DataPlace {
  bool no_room = false;               ///< they were to be on the device
  std::string words = "on the host";  ///< or "12.5 MB on cuda:0", or "on the host: they do not fit on …"
};

/// Puts data into the memory of a device where that is wanted and they fit beside what runs over them; else what runs
/// is made for batches that bring their data. Throws Error(out_of_memory) where DataPlacement::device is not possible,
/// and where what runs does not even fit alone.
DataPlace place_data(DataPlacement placement, Device& device, const Placing& placing);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/data/placement.h"

#include "core/error.h"

namespace genocuda {

DataPlace place_data(DataPlacement placement, Device& device, const Placing& placing) {
  const bool tries =
      placement == DataPlacement::device || (placement == DataPlacement::automatic && !device.memory_is_host());
  DataPlace place;
  if (tries) {
    try {
      const std::size_t bytes = placing.copy();
      placing.prepare();
      place.words = fmt::format("{:.1f} MB on {}", static_cast<double>(bytes) / 1e6, device.name());
      return place;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::out_of_memory) throw;
      if (placement == DataPlacement::device) {
        throw Error(ErrorKind::out_of_memory,
                    "the data do not fit on {} beside the network ({}): leave them on the host", device.name(),
                    error.what());
      }
    }
    placing.take_back();
    place.no_room = true;
    place.words = fmt::format("on the host: they do not fit on {} beside the network", device.name());
  }
  placing.prepare();
  return place;
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/memory_fit.h"

namespace genocuda {
namespace {

std::string readable(std::size_t bytes) {
  constexpr double kMiB = 1 << 20;
  const double mib = static_cast<double>(bytes) / kMiB;
  return mib < 1024 ? fmt::format("{:.1f} MiB", mib) : fmt::format("{:.2f} GiB", mib / 1024);
}

}  // namespace

std::optional<std::int64_t> fitting_batch(const BatchedWork& work, Device& device) {
  const std::optional<std::size_t> free = device.allocator().free_bytes();
  for (std::int64_t batch = work.batch / 2; batch >= 1; batch /= 2) {
    if (!free || work.bytes(batch) <= *free) return batch;
  }
  return std::nullopt;
}

std::string shortage(const BatchedWork& work, Device& device) {
  const std::optional<std::size_t> free = device.allocator().free_bytes();
  return fmt::format("{} with batch {} takes {} on {}, where {}", work.what, work.batch,
                     readable(work.bytes(work.batch)), device.name(),
                     free ? fmt::format("{} are free", readable(*free)) : "less is free");
}

Error out_of_memory(const BatchedWork& work, Device& device) {
  const std::optional<std::int64_t> fitting = fitting_batch(work, device);
  const bool known = device.allocator().free_bytes().has_value();
  return {ErrorKind::out_of_memory, "{}: {}", shortage(work, device),
          !fitting ? "not even --batch 1 would fit, take a smaller model or a device with more memory"
          : known  ? fmt::format("--batch {} would fit", *fitting)
                   : fmt::format("try --batch {}", *fitting)};
}

}  // namespace genocuda

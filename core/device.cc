// SPDX-License-Identifier: Apache-2.0
#include "core/device.h"

#include <utility>

namespace genocuda {

std::string_view name_of(Precision precision) {
  switch (precision) {
    case Precision::fp32:
      return "fp32";
    case Precision::tf32:
      return "tf32";
    case Precision::bf16:
      return "bf16";
  }
  return "?";
}

Buffer::Buffer(Device& device, std::size_t bytes)
    : device_(&device),
      data_(bytes > 0 ? static_cast<std::byte*>(device.allocator().allocate(bytes)) : nullptr),
      bytes_(bytes) {}

Buffer::Buffer(Buffer&& other) noexcept
    : device_(other.device_), data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(device_, other.device_);
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Buffer::~Buffer() {
  if (data_ != nullptr) device_->allocator().release(data_, bytes_);
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/device.h"
#include "cuda/stream.h"

/// What tests of launchers stand on: the device that this test program is linked with, and arrays on it.
namespace genocuda::kernel_test {

/// "emu", or a GPU.
Device& device();

/// The stream of all launches and copies of these tests.
cuda::KernelStream& stream();
inline kernels::Stream native_stream() { return stream().native(); }

/// An array in device memory, an allocation of its own, so that an access past its end is found.
template <typename T>
class DeviceArray {
 public:
  /// Filled with ones: as floats, NaN.
  explicit DeviceArray(std::size_t size) : size_(size), buffer_(device(), size * sizeof(T)) {
    if (size > 0) stream().fill(buffer_.data(), 0xff, size * sizeof(T));
  }
  explicit DeviceArray(std::span<const T> values) : DeviceArray(values.size()) {
    stream().upload(buffer_.data(), values.data(), values.size_bytes());
    stream().synchronize();
  }
  explicit DeviceArray(const std::vector<T>& values) : DeviceArray(std::span<const T>(values)) {}

  T* data() const { return reinterpret_cast<T*>(buffer_.data()); }
  std::size_t size() const { return size_; }
  std::vector<T> read() const {
    std::vector<T> values(size_);
    stream().download(values.data(), data(), size_ * sizeof(T));
    stream().synchronize();
    return values;
  }

 private:
  std::size_t size_;
  Buffer buffer_;
};

}  // namespace genocuda::kernel_test

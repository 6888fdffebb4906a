// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/device.h"

namespace genocuda {

/// Fills memory of a device from its start with what is appended, in large pieces however small the parts are.
class ChunkedUpload {
 public:
  ChunkedUpload(Device& device, std::byte* to) : stream_(device.make_stream()), to_(to) {}

  template <typename T>
  void append(std::span<const T> values) {
    const std::span<const std::byte> bytes = std::as_bytes(values);
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    if (waiting_.size() >= kChunk) flush();
  }

  /// To be called last: all is there when it returns.
  void finish() {
    flush();
    stream_->synchronize();
  }

 private:
  static constexpr std::size_t kChunk = std::size_t{4} << 20;

  void flush() {
    if (!waiting_.empty()) stream_->upload(to_, waiting_.data(), waiting_.size());
    to_ += waiting_.size();
    waiting_.clear();
  }

  std::unique_ptr<Stream> stream_;
  std::byte* to_;
  std::vector<std::byte> waiting_;
};

}  // namespace genocuda

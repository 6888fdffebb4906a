// SPDX-License-Identifier: Apache-2.0
#include "cuda/staging.h"

#include <algorithm>
#include <cstring>

namespace genocuda::cuda {

Staging::~Staging() {
  for (const Buffer& buffer : buffers_) {
    if (buffer.pinned != nullptr) transfers_.release_pinned(buffer.pinned);
  }
}

void Staging::upload(void* device, const void* host, std::size_t bytes) {
  for (std::size_t done = 0; done < bytes; done += kBufferBytes) {
    const std::size_t piece = std::min(kBufferBytes, bytes - done);
    std::byte* const pinned = take(piece);
    std::memcpy(pinned, static_cast<const std::byte*>(host) + done, piece);
    transfers_.copy_to_device(static_cast<std::byte*>(device) + done, pinned, piece);
  }
}

void Staging::download(void* host, const void* device, std::size_t bytes) {
  for (std::size_t done = 0; done < bytes; done += kBufferBytes) {
    const std::size_t piece = std::min(kBufferBytes, bytes - done);
    std::byte* const pinned = take(piece);
    transfers_.copy_to_host(pinned, static_cast<const std::byte*>(device) + done, piece);
    buffers_[current_].deliveries.push_back({static_cast<std::byte*>(host) + done, pinned, piece});
  }
}

/// Room that nothing uses any more, in the current buffer or else in the next.
std::byte* Staging::take(std::size_t bytes) {
  constexpr std::size_t kAlignment = 64;
  if (buffers_[current_].used + bytes > kBufferBytes) {
    buffers_[current_].is_marked = true;
    transfers_.set_mark(current_);
    current_ = (current_ + 1) % kBuffers;
    Buffer& next = buffers_[current_];
    if (next.is_marked) transfers_.wait_for_mark(current_);
    empty(next);
  }
  Buffer& buffer = buffers_[current_];
  if (buffer.pinned == nullptr) buffer.pinned = static_cast<std::byte*>(transfers_.allocate_pinned(kBufferBytes));
  std::byte* const room = buffer.pinned + buffer.used;
  buffer.used += (bytes + kAlignment - 1) / kAlignment * kAlignment;
  return room;
}

void Staging::empty(Buffer& buffer) {
  for (const Delivery& each : buffer.deliveries) std::memcpy(each.host, each.pinned, each.bytes);
  buffer.deliveries.clear();
  buffer.used = 0;
  buffer.is_marked = false;
}

void Staging::finish() {
  for (Buffer& buffer : buffers_) empty(buffer);
}

void Staging::forget() noexcept {
  for (Buffer& buffer : buffers_) buffer.deliveries.clear();
}

}  // namespace genocuda::cuda

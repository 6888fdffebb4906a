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
    const int mark = next();
    Buffer& buffer = buffers_[mark];
    std::memcpy(buffer.pinned, static_cast<const std::byte*>(host) + done, piece);
    transfers_.copy_to_device(static_cast<std::byte*>(device) + done, buffer.pinned, piece);
    buffer.under_way = true;
    transfers_.set_mark(mark);
  }
}

void Staging::download(void* host, const void* device, std::size_t bytes) {
  for (std::size_t done = 0; done < bytes; done += kBufferBytes) {
    const std::size_t piece = std::min(kBufferBytes, bytes - done);
    const int mark = next();
    Buffer& buffer = buffers_[mark];
    transfers_.copy_to_host(buffer.pinned, static_cast<const std::byte*>(device) + done, piece);
    buffer.under_way = true;
    buffer.host = static_cast<std::byte*>(host) + done;
    buffer.bytes = piece;
    transfers_.set_mark(mark);
  }
}

/// The number of a buffer that nothing uses any more.
int Staging::next() {
  const int mark = next_;
  next_ = (next_ + 1) % kBuffers;
  Buffer& buffer = buffers_[mark];
  if (buffer.pinned == nullptr) buffer.pinned = static_cast<std::byte*>(transfers_.allocate_pinned(kBufferBytes));
  if (buffer.under_way) transfers_.wait_for_mark(mark);
  deliver(buffer);
  return mark;
}

void Staging::deliver(Buffer& buffer) {
  if (buffer.host != nullptr) std::memcpy(buffer.host, buffer.pinned, buffer.bytes);
  buffer.host = nullptr;
  buffer.under_way = false;
}

void Staging::finish() {
  for (Buffer& buffer : buffers_) deliver(buffer);
}

void Staging::forget() noexcept {
  for (Buffer& buffer : buffers_) buffer.host = nullptr;
}

}  // namespace genocuda::cuda

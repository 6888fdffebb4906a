// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace genocuda::cuda {

/// What Staging asks of a stream. All copies are asynchronous and run in the order of the calls.
class Transfers {
 public:
  virtual ~Transfers() = default;
  virtual void* allocate_pinned(std::size_t bytes) = 0;
  virtual void release_pinned(void* memory) noexcept = 0;
  virtual void copy_to_device(void* device, const void* pinned, std::size_t bytes) = 0;
  virtual void copy_to_host(void* pinned, const void* device, std::size_t bytes) = 0;
  /// Sets mark number `mark` behind all copies so far, and waits for where it was set last.
  virtual void set_mark(int mark) = 0;
  virtual void wait_for_mark(int mark) = 0;
};

/// Copies between device memory and host memory of any kind through a ring of pinned buffers, so that the device copies
/// asynchronously and at full speed: from pageable memory the driver would do neither. Large copies go in pieces, one
/// of which is filled or emptied by the host while the device copies another. Small ones share a buffer, so that the
/// host may be many of them, and the steps between them, ahead of the device.
class Staging {
 public:
  static constexpr std::size_t kBufferBytes = std::size_t{4} << 20;
  static constexpr int kBuffers = 3;

  /// `transfers` must outlive it. The buffers are made when they are first used.
  explicit Staging(Transfers& transfers) : transfers_(transfers) {}
  /// Nothing may be under way any more.
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  /// `host` is read before this returns.
  void upload(void* device, const void* host, std::size_t bytes);
  /// `host` is complete after finish().
  void download(void* host, const void* device, std::size_t bytes);
  /// To be called when all copies are done.
  void finish();
  /// Gives up on downloads that finish() would complete: after an error.
  void forget() noexcept;

 private:
  /// A copy to the host whose bytes still lie in a buffer.
  struct Delivery {
    void* host;
    const std::byte* pinned;
    std::size_t bytes;
  };
  struct Buffer {
    std::byte* pinned = nullptr;
    std::size_t used = 0;    ///< by copies that may be under way
    bool is_marked = false;  ///< behind the last of them
    std::vector<Delivery> deliveries;
  };

  std::byte* take(std::size_t bytes);
  static void empty(Buffer& buffer);

  Transfers& transfers_;
  std::array<Buffer, kBuffers> buffers_;
  int current_ = 0;
};

}  // namespace genocuda::cuda

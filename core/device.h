// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/tensor_type.h"

namespace genocuda {

class ImplementationTable;

/// How much accuracy an executable may trade for speed. `fp32` is strict.
enum class Precision { fp32, tf32, bf16 };

std::string_view name_of(Precision precision);

/// Work that was recorded from a stream and can be put into it again and again. The stream must outlive it.
class Recording {
 public:
  virtual ~Recording() = default;
  virtual void replay() = 0;
};

/// A point in the work of a stream.
class Mark {
 public:
  virtual ~Mark() = default;
};

/// An ordered queue of work on a device. Work on one stream runs in the order of the calls, work on several at any
/// time. Not safe for use by several threads at once.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Has read `host` when it returns.
  virtual void upload(void* device, const void* host, std::size_t bytes) = 0;
  /// `host` must stay valid until synchronize(), which completes it.
  virtual void download(void* host, const void* device, std::size_t bytes) = 0;
  virtual void copy(void* to, const void* from, std::size_t bytes) = 0;
  virtual void fill(void* to, unsigned char byte, std::size_t bytes) = 0;
  virtual void synchronize() = 0;

  /// The point behind all work so far. Null where work is done when the call that asks for it returns.
  virtual std::shared_ptr<const Mark> mark() { return nullptr; }
  /// Lets what follows in this stream begin after a mark of another stream of the device; the host does not wait. Safe
  /// while others use that other stream.
  virtual void wait([[maybe_unused]] const Mark& mark) {}

  /// Calls `work`, which puts work into this stream. Implementations run inside it: a device that has to be the current
  /// one of the calling thread is so meanwhile.
  virtual void perform(const std::function<void()>& work) { work(); }
  /// Calls `work` as perform() does, but records what it puts into this stream instead of doing it. Null, without a
  /// call, where streams of this kind cannot record. An exception of `work` is passed on and leaves the stream as it
  /// was.
  virtual std::unique_ptr<Recording> record([[maybe_unused]] const std::function<void()>& work) { return nullptr; }
};

/// Device memory, aligned to at least 64 bytes.
class Allocator {
 public:
  virtual ~Allocator() = default;
  /// Throws Error(out_of_memory) that names the bytes asked for.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory, std::size_t bytes) noexcept = 0;
  /// Bytes that may still be allocated, in all; nothing where that is not known. Others may take them meanwhile.
  virtual std::optional<std::size_t> free_bytes() { return std::nullopt; }
};

/// A place where graphs run. Devices outlive all that is made from them.
class Device {
 public:
  virtual ~Device() = default;
  /// "cpu", "cuda:0".
  virtual std::string name() const = 0;
  /// One line for people: model, threads or memory, libraries.
  virtual std::string description() const = 0;
  virtual Allocator& allocator() = 0;
  virtual std::unique_ptr<Stream> make_stream() = 0;
  /// For each operator the candidate implementations, best first.
  virtual const ImplementationTable& implementations() const = 0;
  /// True where the host may dereference the device's memory.
  virtual bool memory_is_host() const = 0;
};

/// Owned device memory.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Device& device, std::size_t bytes);
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();

  std::byte* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

 private:
  Device* device_ = nullptr;
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "core/error.h"
#include "host/cpu_device.h"

namespace genocuda {

/// The CPU as a device that the host has no sight of, with a limit on its memory.
class FarDevice : public Device, private Allocator {
 public:
  explicit FarDevice(std::size_t limit) : limit_(limit) {}

  std::string name() const override { return "far"; }
  std::string description() const override { return "the CPU, with little memory"; }
  Allocator& allocator() override { return *this; }
  std::unique_ptr<Stream> make_stream() override { return cpu_->make_stream(); }
  const ImplementationTable& implementations() const override { return cpu_->implementations(); }
  bool memory_is_host() const override { return false; }

  std::size_t used = 0, most = 0;

 private:
  void* allocate(std::size_t bytes) override {
    if (bytes > limit_ - used) throw Error(ErrorKind::out_of_memory, "{} bytes do not fit", bytes);
    used += bytes;
    most = std::max(most, used);
    return cpu_->allocator().allocate(bytes);
  }
  void release(void* memory, std::size_t bytes) noexcept override {
    used -= bytes;
    cpu_->allocator().release(memory, bytes);
  }
  std::optional<std::size_t> free_bytes() override { return limit_ - used; }

  std::unique_ptr<Device> cpu_ = make_cpu_device(1);
  std::size_t limit_;
};

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "tests/emu/emulated_device.h"

#include <cstdlib>
#include <cstring>

#include "core/error.h"
#include "cuda/context.h"
#include "cuda/stream.h"

namespace genocuda {
namespace {

class EmulatedAllocator final : public Allocator {
 public:
  void* allocate(std::size_t bytes) override {
    constexpr std::size_t kAlignment = 256;  // cudaMalloc's
    void* memory = nullptr;
    if (posix_memalign(&memory, kAlignment, bytes > 0 ? bytes : 1) != 0) {
      throw Error(ErrorKind::out_of_memory, "out of memory: {} bytes asked for on the emulated device", bytes);
    }
    std::memset(memory, 0xff, bytes);
    return memory;
  }
  void release(void* memory, std::size_t) noexcept override { std::free(memory); }
};

/// Kernels are done when their launch returns, so everything else may happen at once, too.
class EmulatedStream final : public cuda::KernelStream {
 public:
  kernels::Stream native() const override { return nullptr; }
  void upload(void* device, const void* host, std::size_t bytes) override { copy(device, host, bytes); }
  void download(void* host, const void* device, std::size_t bytes) override { copy(host, device, bytes); }
  void copy(void* to, const void* from, std::size_t bytes) override {
    if (bytes > 0) std::memmove(to, from, bytes);
  }
  void fill(void* to, unsigned char byte, std::size_t bytes) override {
    if (bytes > 0) std::memset(to, byte, bytes);
  }
  void synchronize() override {}
};

class EmulatedDevice final : public cuda::ContextDevice {
 public:
  explicit EmulatedDevice(const ImplementationTable& implementations) : implementations_(implementations) {}

  std::string name() const override { return "emu"; }
  std::string description() const override { return "CUDA kernels on the SIMT emulator"; }
  Allocator& allocator() override { return allocator_; }
  std::unique_ptr<Stream> make_stream() override { return std::make_unique<EmulatedStream>(); }
  const ImplementationTable& implementations() const override { return implementations_; }
  bool memory_is_host() const override { return true; }
  cuda::Context& context() override { return context_; }

 private:
  const ImplementationTable& implementations_;
  cuda::Context context_{0};
  EmulatedAllocator allocator_;
};

}  // namespace

std::unique_ptr<Device> make_emulated_device(const ImplementationTable& implementations) {
  return std::make_unique<EmulatedDevice>(implementations);
}

}  // namespace genocuda

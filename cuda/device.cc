// SPDX-License-Identifier: Apache-2.0
#include "cuda/device.h"

#include <cuda_runtime_api.h>

#include <cstdlib>
#include <map>
#include <mutex>

#include "cuda/caching_allocator.h"
#include "cuda/check.h"
#include "cuda/context.h"
#include "cuda/cuda_stream.h"
#include "cuda/handles.h"
#include "cuda/libraries/libraries.h"

namespace genocuda {
namespace {

using cuda::check;
using cuda::DeviceGuard;

constexpr const char* kMemoryLimit = "GENOCUDA_GPU_MEMORY_LIMIT";
/// What the kernels are built for, and newer.
constexpr int kLeastComputeCapability = 8;

double gib(std::size_t bytes) { return static_cast<double>(bytes) / (1024.0 * 1024 * 1024); }

std::size_t memory_limit() {
  const char* const value = std::getenv(kMemoryLimit);
  if (value == nullptr || *value == '\0') return cuda::CachingAllocator::kNoLimit;
  return cuda::parse_bytes(value, kMemoryLimit);
}

/// "13.0" of 13000.
std::string version_text(int version) { return fmt::format("{}.{}", version / 1000, version % 1000 / 10); }

int runtime_version() {
  int version = 0;
  check(cudaRuntimeGetVersion(&version), "asking for the version of the runtime");
  return version;
}

/// 0 where there is no driver.
int driver_version() {
  int version = 0;
  if (cudaDriverGetVersion(&version) != cudaSuccess) cudaGetLastError();
  return version;
}

/// Why CUDA sees no device; empty where it sees some.
std::string why_no_device() {
  int count = 0;  // not written where there is no driver
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaSuccess && count > 0) return {};
  cudaGetLastError();
  if (driver_version() == 0) return "no NVIDIA driver";
  if (status == cudaErrorInsufficientDriver) {
    return fmt::format("the NVIDIA driver knows CUDA {}, this build needs {}: update the driver",
                       version_text(driver_version()), version_text(runtime_version()));
  }
  if (status == cudaSuccess || status == cudaErrorNoDevice) return "the NVIDIA driver sees no GPU";
  return fmt::format("{} ({})", cudaGetErrorString(status), cudaGetErrorName(status));
}

class DeviceMemory final : public cuda::RawMemory {
 public:
  explicit DeviceMemory(cuda::Context& context) : context_(context) {}

  void* allocate(std::size_t bytes) override {
    const DeviceGuard guard(context_.ordinal());
    void* memory = nullptr;
    const cudaError_t status = cudaMalloc(&memory, bytes);
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();  // it would be reported again by the next call
      return nullptr;
    }
    check(status, "allocating memory");
    return memory;
  }
  void release(void* memory) noexcept override {
    const std::unique_lock lock(context_.recordings());
    cudaFree(memory);
  }
  void wait_for_work() override {
    const DeviceGuard guard(context_.ordinal());
    const std::unique_lock lock(context_.recordings());
    check(cudaDeviceSynchronize(), "the work on the device");
  }
  std::size_t free_bytes() override {
    const DeviceGuard guard(context_.ordinal());
    std::size_t available = 0, all = 0;
    check(cudaMemGetInfo(&available, &all), "asking for the free memory");
    return available;
  }
  std::string name() const override { return fmt::format("cuda:{}", context_.ordinal()); }

 private:
  cuda::Context& context_;
};

/// One for a GPU in the process: what records or waits for the whole GPU must know of all devices on it.
cuda::Context& context_of_gpu(int ordinal) {
  static std::mutex mutex;
  static auto& contexts = *new std::map<int, cuda::Context>;  // never destroyed: a static device may be later
  const std::lock_guard lock(mutex);
  return contexts.try_emplace(ordinal, ordinal).first->second;
}

class CudaDevice final : public cuda::ContextDevice {
 public:
  explicit CudaDevice(int ordinal)
      : context_(context_of_gpu(ordinal)), memory_(context_), allocator_(memory_, memory_limit()) {
    if (const std::string reason = why_no_device(); !reason.empty()) {
      throw Error(ErrorKind::device, "cuda:{} cannot be used: {}", ordinal, reason);
    }
    if (ordinal < 0 || ordinal >= cuda_device_count()) {
      throw Error(ErrorKind::device, "there is no cuda:{}: CUDA sees {} GPUs, from cuda:0 on", ordinal,
                  cuda_device_count());
    }
    check(cudaGetDeviceProperties(&properties_, ordinal), "asking what the device is");
    if (properties_.major < kLeastComputeCapability) {
      throw Error(ErrorKind::device, "cuda:{} cannot be used: {} has compute capability {}.{}, the kernels need {}.0",
                  ordinal, properties_.name, properties_.major, properties_.minor, kLeastComputeCapability);
    }
    memory_.free_bytes();  // makes the context: where another program holds the GPU for itself, it fails here
  }

  std::string name() const override { return memory_.name(); }
  std::string description() const override {
    return fmt::format("{}, {:.1f} GiB, compute capability {}.{}, driver for CUDA {}, runtime {}, {}", properties_.name,
                       gib(properties_.totalGlobalMem), properties_.major, properties_.minor,
                       version_text(driver_version()), version_text(runtime_version()), cuda::describe_libraries());
  }
  Allocator& allocator() override { return allocator_; }
  std::unique_ptr<Stream> make_stream() override { return std::make_unique<cuda::CudaStream>(context_); }
  const ImplementationTable& implementations() const override { return cuda::implementations_with_libraries(); }
  bool memory_is_host() const override { return false; }
  cuda::Context& context() override { return context_; }

 private:
  cuda::Context& context_;
  DeviceMemory memory_;
  cuda::CachingAllocator allocator_;
  cudaDeviceProp properties_{};
};

}  // namespace

int cuda_device_count() {
  int count = 0;  // not written where there is no driver
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaSuccess) return count;
  cudaGetLastError();
  return 0;
}

std::vector<CudaReport> report_cuda_devices() {
  if (const std::string reason = why_no_device(); !reason.empty()) {
    return {
        {"cuda", false,
         fmt::format("{} (CUDA runtime {}, {})", reason, version_text(runtime_version()), cuda::describe_libraries())}};
  }
  std::vector<CudaReport> reports;
  for (int ordinal = 0; ordinal < cuda_device_count(); ++ordinal) {
    try {
      const std::unique_ptr<Device> device = make_cuda_device(ordinal);
      reports.push_back({device->name(), true, device->description()});
    } catch (const Error& error) {
      reports.push_back({fmt::format("cuda:{}", ordinal), false, error.what()});
    }
  }
  return reports;
}

std::unique_ptr<Device> make_cuda_device(int ordinal) { return std::make_unique<CudaDevice>(ordinal); }

}  // namespace genocuda

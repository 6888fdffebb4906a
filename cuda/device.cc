// SPDX-License-Identifier: Apache-2.0
#include "cuda/device.h"

#include "cuda/check.h"
#include "cuda/implementations.h"
#include "cuda/stream.h"

namespace genocuda {
namespace {

using cuda::check;

constexpr double kGiB = 1024.0 * 1024 * 1024;

class CudaAllocator final : public Allocator {
 public:
  explicit CudaAllocator(int ordinal) : ordinal_(ordinal) {}

  void* allocate(std::size_t bytes) override {
    check(cudaSetDevice(ordinal_), "choosing the device");
    void* memory = nullptr;
    const cudaError_t status = cudaMalloc(&memory, bytes > 0 ? bytes : 1);
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();  // it would be reported again by the next call
      std::size_t available = 0, all = 0;
      check(cudaMemGetInfo(&available, &all), "asking for the free memory");
      throw Error(ErrorKind::out_of_memory,
                  "out of memory: {:.3f} GiB asked for on cuda:{}, {:.3f} of {:.3f} are free; use a smaller batch",
                  bytes / kGiB, ordinal_, available / kGiB, all / kGiB);
    }
    check(status, "allocating memory");
    return memory;
  }
  void release(void* memory, std::size_t) noexcept override { cudaFree(memory); }

 private:
  int ordinal_;
};

class CudaStream final : public cuda::KernelStream {
 public:
  explicit CudaStream(int ordinal) {
    check(cudaSetDevice(ordinal), "choosing the device");
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream");
  }
  ~CudaStream() override { cudaStreamDestroy(stream_); }
  CudaStream(const CudaStream&) = delete;
  CudaStream& operator=(const CudaStream&) = delete;

  kernels::Stream native() const override { return stream_; }
  void upload(void* device, const void* host, std::size_t bytes) override {
    check(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream_), "a copy to the device");
  }
  void download(void* host, const void* device, std::size_t bytes) override {
    check(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream_), "a copy from the device");
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_), "a copy on the device");
  }
  void fill(void* to, unsigned char byte, std::size_t bytes) override {
    check(cudaMemsetAsync(to, byte, bytes, stream_), "filling memory");
  }
  void synchronize() override { check(cudaStreamSynchronize(stream_), "the work on a stream"); }

 private:
  cudaStream_t stream_ = nullptr;
};

class CudaDevice final : public Device {
 public:
  explicit CudaDevice(int ordinal) : ordinal_(ordinal), allocator_(ordinal) {
    if (ordinal < 0 || ordinal >= cuda_device_count()) {
      throw Error(ErrorKind::device, "there is no cuda:{}; CUDA sees {} devices", ordinal, cuda_device_count());
    }
    check(cudaGetDeviceProperties(&properties_, ordinal), "asking what the device is");
  }

  std::string name() const override { return fmt::format("cuda:{}", ordinal_); }
  std::string description() const override {
    return fmt::format("{}, {:.0f} GiB, compute capability {}.{}", properties_.name,
                       static_cast<double>(properties_.totalGlobalMem) / kGiB, properties_.major, properties_.minor);
  }
  Allocator& allocator() override { return allocator_; }
  std::unique_ptr<Stream> make_stream() override { return std::make_unique<CudaStream>(ordinal_); }
  const ImplementationTable& implementations() const override { return cuda_implementations(); }
  bool memory_is_host() const override { return false; }

 private:
  int ordinal_;
  CudaAllocator allocator_;
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

std::unique_ptr<Device> make_cuda_device(int ordinal) { return std::make_unique<CudaDevice>(ordinal); }

}  // namespace genocuda

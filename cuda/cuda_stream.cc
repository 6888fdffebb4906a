// SPDX-License-Identifier: Apache-2.0
#include "cuda/cuda_stream.h"

#include "cuda/check.h"
#include "cuda/recording.h"

namespace genocuda::cuda {
namespace {

struct EventMark final : Mark {
  Event event;
};

}  // namespace

CudaStream::CudaStream(Context& context) : context_(context), staging_(static_cast<Transfers&>(*this)) {
  const DeviceGuard guard(context_.ordinal());
  for (std::unique_ptr<Event>& mark : marks_) mark = std::make_unique<Event>();
  check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream");
}

CudaStream::~CudaStream() {
  cudaStreamSynchronize(stream_);  // copies may still use the pinned buffers
  cudaStreamDestroy(stream_);
}

void CudaStream::upload(void* device, const void* host, std::size_t bytes) {
  const DeviceGuard guard(context_.ordinal());
  staging_.upload(device, host, bytes);
}

void CudaStream::download(void* host, const void* device, std::size_t bytes) {
  const DeviceGuard guard(context_.ordinal());
  staging_.download(host, device, bytes);
}

void CudaStream::copy(void* to, const void* from, std::size_t bytes) {
  const DeviceGuard guard(context_.ordinal());
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_), "a copy on the device");
}

void CudaStream::fill(void* to, unsigned char byte, std::size_t bytes) {
  const DeviceGuard guard(context_.ordinal());
  check(cudaMemsetAsync(to, byte, bytes, stream_), "filling memory");
}

void CudaStream::synchronize() {
  const cudaError_t status = cudaStreamSynchronize(stream_);
  if (status == cudaSuccess) {
    staging_.finish();
  } else {
    staging_.forget();
  }
  check(status, "the work on a stream");
}

std::shared_ptr<const Mark> CudaStream::mark() {
  const DeviceGuard guard(context_.ordinal());
  const auto mark = std::make_shared<EventMark>();
  mark->event.record(stream_);
  return mark;
}

void CudaStream::wait(const Mark& mark) {
  const DeviceGuard guard(context_.ordinal());
  static_cast<const EventMark&>(mark).event.hold_back(stream_);  // streams wait for marks of their own device alone
}

void CudaStream::perform(const std::function<void()>& work) {
  const DeviceGuard guard(context_.ordinal());
  work();
}

std::unique_ptr<Recording> CudaStream::record(const std::function<void()>& work) {
  return capture(context_, stream_, work);
}

void* CudaStream::allocate_pinned(std::size_t bytes) {
  void* memory = nullptr;
  check(cudaHostAlloc(&memory, bytes, cudaHostAllocDefault), "allocating pinned host memory");
  return memory;
}

void CudaStream::release_pinned(void* memory) noexcept { cudaFreeHost(memory); }

void CudaStream::copy_to_device(void* device, const void* pinned, std::size_t bytes) {
  check(cudaMemcpyAsync(device, pinned, bytes, cudaMemcpyHostToDevice, stream_), "a copy to the device");
}

void CudaStream::copy_to_host(void* pinned, const void* device, std::size_t bytes) {
  check(cudaMemcpyAsync(pinned, device, bytes, cudaMemcpyDeviceToHost, stream_), "a copy from the device");
}

void CudaStream::set_mark(int mark) { marks_[mark]->record(stream_); }
void CudaStream::wait_for_mark(int mark) { marks_[mark]->wait(); }

}  // namespace genocuda::cuda

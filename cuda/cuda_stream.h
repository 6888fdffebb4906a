// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "cuda/context.h"
#include "cuda/handles.h"
#include "cuda/staging.h"
#include "cuda/stream.h"

namespace genocuda::cuda {

/// A stream of one GPU.
class CudaStream final : public KernelStream, private Transfers {
 public:
  /// `context` must outlive it.
  explicit CudaStream(Context& context);
  ~CudaStream() override;
  CudaStream(const CudaStream&) = delete;
  CudaStream& operator=(const CudaStream&) = delete;

  kernels::Stream native() const override { return stream_; }
  void upload(void* device, const void* host, std::size_t bytes) override;
  void download(void* host, const void* device, std::size_t bytes) override;
  void copy(void* to, const void* from, std::size_t bytes) override;
  void fill(void* to, unsigned char byte, std::size_t bytes) override;
  void synchronize() override;
  std::shared_ptr<const Mark> mark() override;
  void wait(const Mark& mark) override;
  void perform(const std::function<void()>& work) override;
  std::unique_ptr<Recording> record(const std::function<void()>& work) override;

 private:
  void* allocate_pinned(std::size_t bytes) override;
  void release_pinned(void* memory) noexcept override;
  void copy_to_device(void* device, const void* pinned, std::size_t bytes) override;
  void copy_to_host(void* pinned, const void* device, std::size_t bytes) override;
  void set_mark(int mark) override;
  void wait_for_mark(int mark) override;

  Context& context_;
  cudaStream_t stream_ = nullptr;
  std::unique_ptr<Event> marks_[Staging::kBuffers];
  Staging staging_;
};

}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "cuda/context.h"
#include "cuda/libraries/cudnn_descriptor.h"
#include "kernels/stream.h"

/// Convolutions along a sequence by cuDNN's graph API: two-dimensional ones of height 1.
namespace genocuda::cuda {

enum class ConvolutionKind { forward, backward_input, backward_filters };

/// What a plan is made for: x [batch, length, in], filters [out, width, in], y [batch, out_length, out], each or its
/// gradient in its place. The filters are in the library's order, not in this project's.
struct CudnnConvolution {
  ConvolutionKind kind = ConvolutionKind::forward;
  std::int64_t batch, length, in, out_length, out;
  std::int64_t width, stride, dilation, pad_left;
  bool bf16 = false;  ///< stored in; else float
  bool tf32 = false;  ///< whether float operands may be rounded to it

  auto operator<=>(const CudnnConvolution&) const = default;

  /// Of all paddings that give `out_length` positions the one nearest to pad_left: few engines take two that differ.
  std::int64_t pad_right() const;
};

/// A convolution, the engine that computes it and how.
class CudnnPlan {
 public:
  CudnnPlan(CudnnDescriptor engine, CudnnDescriptor plan, std::size_t workspace_bytes)
      : engine_(std::move(engine)), plan_(std::move(plan)), workspace_bytes_(workspace_bytes) {}

  cudnnBackendDescriptor_t get() const { return plan_.get(); }
  std::size_t workspace_bytes() const { return workspace_bytes_; }

 private:
  CudnnDescriptor engine_, plan_;
  std::size_t workspace_bytes_;
};

/// The plan for a problem by the library's own judgement: null where it has none that gives the same bits on every run,
/// with the accuracy that is asked for, in a workspace that is not too large.
std::unique_ptr<const CudnnPlan> make_cudnn_plan(cudnnHandle_t handle, const CudnnConvolution& problem);

/// The library on one GPU: its handle and the plans made with it, which both serve one thread at a time. They are kept
/// until the program ends: destroying a handle waits for the whole device. Safe for use by several threads at once.
class CudnnPlans {
 public:
  static CudnnPlans& of(const Context& context);

  CudnnPlans() = default;
  CudnnPlans(const CudnnPlans&) = delete;
  CudnnPlans& operator=(const CudnnPlans&) = delete;

  /// The plan for a problem, made at the first call; null where there is none, or where the library cannot be used on
  /// this GPU. `context` is the one of of().
  const CudnnPlan* find(Context& context, const CudnnConvolution& problem);

  /// Puts a convolution into a stream of the GPU: forward reads x and filters and writes y, and so on. `workspace` is
  /// aligned to kWorkspaceAlignment.
  void run(const CudnnPlan& plan, void* x, void* filters, void* y, void* workspace, kernels::Stream stream);

 private:
  std::mutex mutex_;  // of all below, and of all calls with the handle
  bool tried_ = false;
  cudnnHandle_t handle_ = nullptr;  // null also where making it failed
  std::map<CudnnConvolution, std::unique_ptr<const CudnnPlan>> known_;
};

}  // namespace genocuda::cuda

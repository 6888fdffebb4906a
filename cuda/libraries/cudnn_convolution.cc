// SPDX-License-Identifier: Apache-2.0
#include "cuda/libraries/cudnn_convolution.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "cuda/handles.h"

namespace genocuda::cuda {
namespace {

/// Of the workspace; more where the operands are larger, as engines of another layout copy them.
constexpr std::int64_t kMuchWorkspace = std::int64_t{128} << 20;
/// Of the addresses of tensors, in bytes: what engines with wide loads ask for, and less than the planner promises.
constexpr std::int64_t kAlignment = 16;

/// The names of the tensors within a plan.
enum Tensor : std::int64_t { kX = 1, kFilters = 2, kY = 3 };

/// Names of one operation's attributes.
struct OperationNames {
  cudnnBackendDescriptorType_t type;
  cudnnBackendAttributeName_t x, filters, y, convolution, alpha, beta;
};

const OperationNames& names_of(ConvolutionKind kind) {
  static constexpr OperationNames kForward{CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
                                           CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                                           CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
                                           CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
                                           CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                                           CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
                                           CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
  static constexpr OperationNames kInput{CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
                                         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
  static constexpr OperationNames kFilterGradient{CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
                                                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
                                                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
                                                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
                                                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
                                                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
                                                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA};
  return kind == ConvolutionKind::forward          ? kForward
         : kind == ConvolutionKind::backward_input ? kInput
                                                   : kFilterGradient;
}

/// [outer, length, channels] in memory, as the library sees it: [outer, channels, 1, length].
CudnnDescriptor describe_tensor(Tensor name, bool bf16, std::int64_t outer, std::int64_t length,
                                std::int64_t channels) {
  CudnnDescriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, std::int64_t{name});
  tensor.set(CUDNN_ATTR_TENSOR_DATA_TYPE, bf16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT);
  tensor.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, kAlignment);
  tensor.set(CUDNN_ATTR_TENSOR_DIMENSIONS, {outer, channels, std::int64_t{1}, length});
  tensor.set(CUDNN_ATTR_TENSOR_STRIDES, {length * channels, std::int64_t{1}, length * channels, channels});
  tensor.finalize();
  return tensor;
}

CudnnDescriptor describe_windows(const CudnnConvolution& problem) {
  CudnnDescriptor windows(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  windows.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, std::int64_t{2});
  windows.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_DATA_FLOAT);
  windows.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_CROSS_CORRELATION);
  windows.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, {std::int64_t{0}, problem.pad_left});
  windows.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, {std::int64_t{0}, problem.pad_right()});
  windows.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, {std::int64_t{1}, problem.stride});
  windows.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, {std::int64_t{1}, problem.dilation});
  windows.finalize();
  return windows;
}

/// True where it is finalized; false where the library says that it has nothing for such a problem.
bool finalize_if_supported(CudnnDescriptor& descriptor) {
  const cudnnStatus_t status = descriptor.try_finalize();
  if (CUDNN_STATUS_CATEGORY(status) == CUDNN_STATUS_NOT_SUPPORTED) return false;
  cudnn().check(status, "finalizing a descriptor");
  return true;
}

/// Whether an engine does not do what the precision promises: results are the same on every run; sums are added in
/// float, term by term; and what is stored in float is rounded to TF32 at most, where that is allowed.
bool breaks_promise(const CudnnDescriptor& engine_config, const CudnnConvolution& problem) {
  CudnnDescriptor engine[] = {CudnnDescriptor(CUDNN_BACKEND_ENGINE_DESCRIPTOR)};
  engine_config.get(CUDNN_ATTR_ENGINECFG_ENGINE, std::span<CudnnDescriptor>(engine));
  std::array<cudnnBackendNumericalNote_t, CUDNN_NUMERICAL_NOTE_TYPE_COUNT> room{};
  const std::size_t count =
      engine[0].get(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, std::span<cudnnBackendNumericalNote_t>(room));
  return std::any_of(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(count),
                     [&](cudnnBackendNumericalNote_t note) {
                       switch (note) {
                         case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:  // of float operands: TF32
                           return !problem.bf16 && !problem.tf32;
                         case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:  // to fp16, whose range is not enough
                         case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION:
                         case CUDNN_NUMERICAL_NOTE_FFT:
                         case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
                         case CUDNN_NUMERICAL_NOTE_WINOGRAD:
                           return true;
                         default:
                           return false;
                       }
                     });
}

/// What the library thinks would do, fastest first; nothing where it cannot tell in that mode.
std::vector<CudnnDescriptor> candidates(const CudnnDescriptor& graph, cudnnBackendHeurMode_t mode) {
  CudnnDescriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_MODE, mode);
  if (heuristics.try_finalize() != CUDNN_STATUS_SUCCESS) return {};
  std::vector<CudnnDescriptor> configs;
  for (std::size_t left = heuristics.count(CUDNN_ATTR_ENGINEHEUR_RESULTS); left > 0; --left) {
    configs.emplace_back(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
  }
  const std::size_t written = heuristics.get(CUDNN_ATTR_ENGINEHEUR_RESULTS, std::span(configs));
  configs.erase(configs.begin() + static_cast<std::ptrdiff_t>(written), configs.end());
  return configs;
}

std::int64_t most_workspace(const CudnnConvolution& n) {
  const std::int64_t elements = n.batch * (n.length * n.in + n.out_length * n.out) + n.width * n.in * n.out;
  return std::max(kMuchWorkspace, elements * (n.bf16 ? 2 : 4));
}

/// Null where the engine turns out not to do, as happens for reasons that only the library knows.
std::unique_ptr<const CudnnPlan> try_plan(cudnnHandle_t handle, CudnnDescriptor engine_config,
                                          std::int64_t most_workspace) {
  CudnnDescriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, handle);
  plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, engine_config);
  if (plan.try_finalize() != CUDNN_STATUS_SUCCESS) return nullptr;
  std::int64_t workspace = 0;
  if (!plan.try_get(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, workspace) || workspace > most_workspace) return nullptr;
  return std::make_unique<const CudnnPlan>(std::move(engine_config), std::move(plan),
                                           static_cast<std::size_t>(workspace));
}

}  // namespace

std::int64_t CudnnConvolution::pad_right() const {
  const std::int64_t span = (width - 1) * dilation + 1;
  const std::int64_t least = (out_length - 1) * stride + span - pad_left - length;  // below 0: the last are not read
  return std::clamp(pad_left, std::max<std::int64_t>(least, 0), least + stride - 1);
}

std::unique_ptr<const CudnnPlan> make_cudnn_plan(cudnnHandle_t handle, const CudnnConvolution& problem) {
  const CudnnDescriptor x = describe_tensor(kX, problem.bf16, problem.batch, problem.length, problem.in);
  const CudnnDescriptor filters = describe_tensor(kFilters, problem.bf16, problem.out, problem.width, problem.in);
  const CudnnDescriptor y = describe_tensor(kY, problem.bf16, problem.batch, problem.out_length, problem.out);
  const CudnnDescriptor windows = describe_windows(problem);

  const OperationNames& names = names_of(problem.kind);
  CudnnDescriptor operation(names.type);
  operation.set(names.x, x);
  operation.set(names.filters, filters);
  operation.set(names.y, y);
  operation.set(names.convolution, windows);
  operation.set(names.alpha, 1.0f);
  operation.set(names.beta, 0.0f);
  if (!finalize_if_supported(operation)) return nullptr;

  CudnnDescriptor graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  graph.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, handle);
  graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation);
  if (!finalize_if_supported(graph)) return nullptr;

  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_B, CUDNN_HEUR_MODE_FALLBACK}) {
    for (CudnnDescriptor& config : candidates(graph, mode)) {
      if (breaks_promise(config, problem)) continue;
      if (auto plan = try_plan(handle, std::move(config), most_workspace(problem)); plan != nullptr) return plan;
    }
  }
  return nullptr;
}

CudnnPlans& CudnnPlans::of(const Context& context) {
  static std::mutex mutex;
  // Never destroyed: when static objects are, the driver may be gone already.
  static auto& all = *new std::map<int, CudnnPlans>;
  const std::lock_guard lock(mutex);
  return all[context.ordinal()];
}

const CudnnPlan* CudnnPlans::find(Context& context, const CudnnConvolution& problem) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(problem); known != known_.end()) return known->second.get();
  }
  // Making handles and plans allocates, loads and may wait for the device. This lock goes first: who records a stream
  // holds it and takes the other in run().
  const std::unique_lock no_recordings(context.recordings());
  const std::lock_guard lock(mutex_);
  const DeviceGuard guard(context.ordinal());
  if (!tried_) {
    tried_ = true;
    if (cudnn().cudnnCreate(&handle_) != CUDNN_STATUS_SUCCESS) handle_ = nullptr;
  }
  if (handle_ == nullptr) return nullptr;
  if (const auto known = known_.find(problem); known != known_.end()) return known->second.get();
  std::unique_ptr<const CudnnPlan>& plan = known_[problem];
  try {
    plan = make_cudnn_plan(handle_, problem);
  } catch (const Error&) {
    // A problem that an optional library refuses is one that other rows compute.
  }
  return plan.get();
}

void CudnnPlans::run(const CudnnPlan& plan, void* x, void* filters, void* y, void* workspace, kernels::Stream stream) {
  CudnnDescriptor tensors(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  tensors.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, {std::int64_t{kX}, std::int64_t{kFilters}, std::int64_t{kY}});
  tensors.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, {x, filters, y});
  tensors.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, workspace);
  tensors.finalize();
  const std::lock_guard lock(mutex_);
  cudnn().check(cudnn().cudnnSetStream(handle_, stream), "choosing a stream");
  cudnn().check(cudnn().cudnnBackendExecute(handle_, plan.get(), tensors.get()), "a convolution");
}

}  // namespace genocuda::cuda

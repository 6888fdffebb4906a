// SPDX-License-Identifier: Apache-2.0
#include "tests/cuda/fake_cudnn.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>

struct cudnnContext {
  cudaStream_t stream = nullptr;
  std::atomic_flag busy = ATOMIC_FLAG_INIT;
};

namespace fake_cudnn {
namespace {

constexpr std::int64_t kMany = CUDNN_DIM_MAX;

struct AttributeRule {
  cudnnBackendAttributeName_t name;
  cudnnBackendAttributeType_t type;
  std::int64_t most;
};
using Rules = std::vector<AttributeRule>;

/// All attributes of the operations are required.
Rules operation_rules(cudnnBackendDescriptorType_t type) {
  const OperationNames& names = names_of(type);
  Rules rules{{names.alpha, CUDNN_TYPE_FLOAT, 1}, {names.beta, CUDNN_TYPE_FLOAT, 1}};
  for (const auto name : {names.x, names.filters, names.y, names.convolution}) {
    rules.push_back({name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1});
  }
  return rules;
}

/// What must be set before a descriptor is finalized, and nothing else can be.
Rules rules_of(cudnnBackendDescriptorType_t type) {
  switch (type) {
    case CUDNN_BACKEND_TENSOR_DESCRIPTOR:
      return {{CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, 1},
              {CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1},
              {CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, 1},
              {CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, kMany},
              {CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, kMany}};
    case CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR:
      return {{CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64, 1},
              {CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1},
              {CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, 1},
              {CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64, kMany},
              {CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64, kMany},
              {CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64, kMany},
              {CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, kMany}};
    case CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR:
      return {{CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, 1},
              {CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR, kMany}};
    case CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR:
      return {{CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1},
              {CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1}};
    case CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR:
      return {{CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, 1},
              {CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1}};
    case CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR:
      return {{CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, kMany},
              {CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, kMany},
              {CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, 1}};
    default:
      return is_convolution(type) ? operation_rules(type) : Rules{};
  }
}

std::size_t size_of(cudnnBackendAttributeType_t type) {
  switch (type) {
    case CUDNN_TYPE_INT64:
    case CUDNN_TYPE_VOID_PTR:
    case CUDNN_TYPE_HANDLE:
      return 8;
    default:
      return 4;
  }
}

std::mutex all_mutex;
std::set<Descriptor*> all;  // that are alive

Descriptor* find(cudnnBackendDescriptor_t object) {
  const std::lock_guard lock(all_mutex);
  auto* const descriptor = static_cast<Descriptor*>(object);
  return all.contains(descriptor) ? descriptor : nullptr;
}

std::vector<std::string> engines(cudnnBackendHeurMode_t mode) {
  const char* const variable = mode == CUDNN_HEUR_MODE_A   ? "FAKE_CUDNN_ENGINES"
                               : mode == CUDNN_HEUR_MODE_B ? "FAKE_CUDNN_ENGINES_B"
                                                           : "FAKE_CUDNN_ENGINES_FALLBACK";
  const char* const set = std::getenv(variable);
  std::istringstream list(set != nullptr ? set : mode == CUDNN_HEUR_MODE_A ? "down_convert,tf32,fp32" : "");
  std::vector<std::string> names;
  for (std::string name; std::getline(list, name, ',');) names.push_back(name);
  return names;
}

std::vector<cudnnBackendNumericalNote_t> notes(const std::string& engine) {
  if (engine == "tf32") return {CUDNN_NUMERICAL_NOTE_TENSOR_CORE};
  if (engine == "down_convert") return {CUDNN_NUMERICAL_NOTE_TENSOR_CORE, CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS};
  if (engine == "nondeterministic") return {CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC};
  if (engine == "winograd") return {CUDNN_NUMERICAL_NOTE_WINOGRAD};
  if (engine == "fft") return {CUDNN_NUMERICAL_NOTE_FFT};
  if (engine == "reduced") return {CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION};
  return {};
}

const Descriptor& operation_of(const Descriptor& engine_config) {
  return engine_config.descriptor(CUDNN_ATTR_ENGINE_OPERATION_GRAPH).descriptor(CUDNN_ATTR_OPERATIONGRAPH_OPS);
}

cudnnStatus_t check_tensor(const Descriptor& tensor) {
  const auto dims = tensor.all<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS);
  const auto strides = tensor.all<std::int64_t>(CUDNN_ATTR_TENSOR_STRIDES);
  const auto alignment = tensor.one<std::int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT);
  const auto positive = [](std::int64_t extent) { return extent > 0; };
  const bool good = dims.size() == strides.size() && std::ranges::all_of(dims, positive) &&
                    std::ranges::all_of(strides, positive) && alignment > 0 && (alignment & (alignment - 1)) == 0;
  return good ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t check_windows(const Descriptor& windows) {
  const auto count = static_cast<std::size_t>(windows.one<std::int64_t>(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS));
  for (const auto& [name, least] : {std::pair{CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, 0},
                                    {CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, 0},
                                    {CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, 1},
                                    {CUDNN_ATTR_CONVOLUTION_DILATIONS, 1}}) {
    const auto values = windows.all<std::int64_t>(name);
    if (values.size() != count || std::ranges::min(values) < least) return CUDNN_STATUS_BAD_PARAM;
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t check_plan(const Descriptor& plan) {
  const Descriptor& config = plan.descriptor(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG);
  if (config.engine == "broken") return CUDNN_STATUS_INTERNAL_ERROR_COMPILATION_FAILED;
  if (config.engine != "symmetric") return CUDNN_STATUS_SUCCESS;
  const Descriptor& operation = operation_of(config);
  const Descriptor& windows = operation.descriptor(names_of(operation.type).convolution);
  return windows.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS) ==
                 windows.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS)
             ? CUDNN_STATUS_SUCCESS
             : CUDNN_STATUS_NOT_SUPPORTED_PADDING;
}

cudnnStatus_t check(const Descriptor& descriptor) {
  for (const AttributeRule& rule : rules_of(descriptor.type)) {
    if (!descriptor.attributes.contains(rule.name)) return CUDNN_STATUS_BAD_PARAM;
  }
  switch (descriptor.type) {
    case CUDNN_BACKEND_TENSOR_DESCRIPTOR:
      return check_tensor(descriptor);
    case CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR:
      return check_windows(descriptor);
    case CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR:
      return engines(descriptor.one<cudnnBackendHeurMode_t>(CUDNN_ATTR_ENGINEHEUR_MODE)).empty()
                 ? CUDNN_STATUS_NOT_SUPPORTED
                 : CUDNN_STATUS_SUCCESS;
    case CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR:
      return check_plan(descriptor);
    default:
      return is_convolution(descriptor.type) ? check_shapes(descriptor) : CUDNN_STATUS_SUCCESS;
  }
}

/// Writes up to `room` values and says how many there are.
template <typename T>
cudnnStatus_t give(const std::vector<T>& values, std::int64_t room, std::int64_t* count, void* to) {
  *count = static_cast<std::int64_t>(values.size());
  const std::size_t written = std::min(values.size(), static_cast<std::size_t>(room));
  if (written > 0) std::memcpy(to, values.data(), written * sizeof(T));
  return CUDNN_STATUS_SUCCESS;
}

/// Fills up to `room` descriptors of the caller's with engines of the operation graph.
cudnnStatus_t give_engines(const std::vector<std::string>& names, cudnnBackendDescriptorType_t type,
                           const Attribute& graph, std::int64_t room, std::int64_t* count, void* to) {
  *count = static_cast<std::int64_t>(names.size());
  for (std::size_t i = 0; i < std::min(names.size(), static_cast<std::size_t>(room)); ++i) {
    Descriptor* const target = find(static_cast<cudnnBackendDescriptor_t*>(to)[i]);
    if (target == nullptr || target->type != type) return CUDNN_STATUS_BAD_PARAM_DESCRIPTOR_TYPE;
    *target = {type, true, {{CUDNN_ATTR_ENGINE_OPERATION_GRAPH, graph}}, names[i]};
  }
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

bool is_convolution(cudnnBackendDescriptorType_t type) {
  return type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR ||
         type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR ||
         type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR;
}

const OperationNames& names_of(cudnnBackendDescriptorType_t operation) {
  static const OperationNames forward{
      CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
      CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
      CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
  static const OperationNames data{
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
  static const OperationNames filter{
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,     CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
      CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA};
  return operation == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR         ? forward
         : operation == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR ? data
                                                                                     : filter;
}

}  // namespace fake_cudnn

using namespace fake_cudnn;  // what follows is the library's C interface

size_t cudnnGetVersion() { return CUDNN_VERSION; }
const char* cudnnGetErrorString(cudnnStatus_t status) {
  static thread_local std::string text;
  text = "status " + std::to_string(status);
  return text.c_str();
}
void cudnnGetLastErrorString(char* message, size_t size) { std::strncpy(message, "told by the fake", size); }

cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
  if (std::getenv("FAKE_CUDNN_NO_HANDLE") != nullptr) return CUDNN_STATUS_NOT_INITIALIZED;
  *handle = new cudnnContext;
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  handle->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendCreateDescriptor(cudnnBackendDescriptorType_t type, cudnnBackendDescriptor_t* object) {
  const std::lock_guard lock(all_mutex);
  auto* const descriptor = new Descriptor{.type = type};
  all.insert(descriptor);
  *object = descriptor;
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t object) {
  const std::lock_guard lock(all_mutex);
  auto* const descriptor = static_cast<Descriptor*>(object);
  if (all.erase(descriptor) == 0) return CUDNN_STATUS_BAD_PARAM;
  delete descriptor;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t object, cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type, int64_t count, const void* values) {
  Descriptor* const descriptor = find(object);
  if (descriptor == nullptr || descriptor->finalized || values == nullptr) return CUDNN_STATUS_BAD_PARAM;
  const Rules rules = rules_of(descriptor->type);
  const auto rule = std::ranges::find(rules, name, &AttributeRule::name);
  if (rule == rules.end() || count < 1 || count > rule->most) return CUDNN_STATUS_BAD_PARAM;
  if (rule->type != type) return CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE;
  Attribute attribute{type, {}, {}};
  if (type == CUDNN_TYPE_BACKEND_DESCRIPTOR) {
    for (int64_t i = 0; i < count; ++i) {
      const Descriptor* const other = find(static_cast<const cudnnBackendDescriptor_t*>(values)[i]);
      if (other == nullptr || !other->finalized) return CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED;
      attribute.descriptors.push_back(*other);
    }
  } else {
    const auto* const bytes = static_cast<const std::byte*>(values);
    attribute.values.assign(bytes, bytes + static_cast<std::size_t>(count) * size_of(type));
  }
  descriptor->attributes[name] = std::move(attribute);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t object) {
  Descriptor* const descriptor = find(object);
  if (descriptor == nullptr || descriptor->finalized) return CUDNN_STATUS_BAD_PARAM;
  const cudnnStatus_t status = check(*descriptor);
  descriptor->finalized = status == CUDNN_STATUS_SUCCESS;
  return status;
}

cudnnStatus_t cudnnBackendGetAttribute(cudnnBackendDescriptor_t object, cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type, int64_t room, int64_t* count, void* values) {
  const Descriptor* const descriptor = find(object);
  if (descriptor == nullptr || !descriptor->finalized) return CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED;
  const auto graph = descriptor->attributes.find(CUDNN_ATTR_ENGINE_OPERATION_GRAPH);
  if (name == CUDNN_ATTR_ENGINEHEUR_RESULTS && type == CUDNN_TYPE_BACKEND_DESCRIPTOR) {
    return give_engines(engines(descriptor->one<cudnnBackendHeurMode_t>(CUDNN_ATTR_ENGINEHEUR_MODE)),
                        CUDNN_BACKEND_ENGINECFG_DESCRIPTOR,
                        descriptor->attributes.at(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH), room, count, values);
  }
  if (name == CUDNN_ATTR_ENGINECFG_ENGINE && type == CUDNN_TYPE_BACKEND_DESCRIPTOR) {
    return give_engines({descriptor->engine}, CUDNN_BACKEND_ENGINE_DESCRIPTOR, graph->second, room, count, values);
  }
  if (name == CUDNN_ATTR_ENGINE_NUMERICAL_NOTE && type == CUDNN_TYPE_NUMERICAL_NOTE) {
    return give(notes(descriptor->engine), room, count, values);
  }
  if (name == CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE && type == CUDNN_TYPE_INT64) {
    const Descriptor& config = descriptor->descriptor(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG);
    if (config.engine == "silent") return CUDNN_STATUS_NOT_INITIALIZED;
    return give(std::vector{workspace_bytes(config.engine)}, room, count, values);
  }
  return CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE;
}

cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle, cudnnBackendDescriptor_t plan, cudnnBackendDescriptor_t pack) {
  if (handle->busy.test_and_set()) return CUDNN_STATUS_RUNTIME_IN_PROGRESS;
  const Descriptor* const checked_plan = find(plan);
  const Descriptor* const checked_pack = find(pack);
  cudnnStatus_t status = CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED;
  if (checked_plan != nullptr && checked_plan->finalized && checked_pack != nullptr && checked_pack->finalized) {
    const Descriptor& config = checked_plan->descriptor(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG);
    status = execute(operation_of(config), config.engine, *checked_pack);
  }
  handle->busy.clear();
  return status;
}

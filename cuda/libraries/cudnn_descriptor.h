// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "cuda/libraries/cudnn.h"

namespace genocuda::cuda {

/// What the library calls the type of an attribute.
template <typename T>
struct CudnnType;
template <>
struct CudnnType<std::int64_t> : std::integral_constant<cudnnBackendAttributeType_t, CUDNN_TYPE_INT64> {};
template <>
struct CudnnType<float> : std::integral_constant<cudnnBackendAttributeType_t, CUDNN_TYPE_FLOAT> {};
template <>
struct CudnnType<cudnnDataType_t> : std::integral_constant<cudnnBackendAttributeType_t, CUDNN_TYPE_DATA_TYPE> {};
template <>
struct CudnnType<cudnnConvolutionMode_t>
    : std::integral_constant<cudnnBackendAttributeType_t, CUDNN_TYPE_CONVOLUTION_MODE> {};
template <>
struct CudnnType<cudnnBackendHeurMode_t> : std::integral_constant<cudnnBackendAttributeType_t, CUDNN_TYPE_HEUR_MODE> {};
template <>
struct CudnnType<cudnnBackendNumericalNote_t>
    : std::integral_constant<cudnnBackendAttributeType_t, CUDNN_TYPE_NUMERICAL_NOTE> {};
template <>
struct CudnnType<cudnnHandle_t> : std::integral_constant<cudnnBackendAttributeType_t, CUDNN_TYPE_HANDLE> {};
template <>
struct CudnnType<void*> : std::integral_constant<cudnnBackendAttributeType_t, CUDNN_TYPE_VOID_PTR> {};

/// An object of the graph API: attributes are set, then it is finalized, then it can be used and asked.
class CudnnDescriptor {
 public:
  explicit CudnnDescriptor(cudnnBackendDescriptorType_t type) {
    cudnn().check(cudnn().cudnnBackendCreateDescriptor(type, &object_), "making a descriptor");
  }
  ~CudnnDescriptor() {
    if (object_ != nullptr) cudnn().cudnnBackendDestroyDescriptor(object_);
  }
  CudnnDescriptor(CudnnDescriptor&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  CudnnDescriptor& operator=(CudnnDescriptor&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }

  cudnnBackendDescriptor_t get() const { return object_; }

  template <typename T>
  void set(cudnnBackendAttributeName_t name, const T& value) {
    set(name, CudnnType<T>::value, 1, &value);
  }
  template <typename T, std::size_t kCount>
  void set(cudnnBackendAttributeName_t name, const T (&values)[kCount]) {
    set(name, CudnnType<T>::value, kCount, values);
  }
  void set(cudnnBackendAttributeName_t name, const CudnnDescriptor& value) {
    set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &value.object_);
  }

  void finalize() { cudnn().check(try_finalize(), "finalizing a descriptor"); }
  cudnnStatus_t try_finalize() { return cudnn().cudnnBackendFinalize(object_); }

  /// False where the library does not say.
  template <typename T>
  bool try_get(cudnnBackendAttributeName_t name, T& value) const {
    std::int64_t count = 0;
    return cudnn().cudnnBackendGetAttribute(object_, name, CudnnType<T>::value, 1, &count, &value) ==
           CUDNN_STATUS_SUCCESS;
  }
  /// Writes as many as there are and fit; returns how many.
  template <typename T>
  std::size_t get(cudnnBackendAttributeName_t name, std::span<T> values) const {
    return get(name, CudnnType<T>::value, values.size(), values.data());
  }
  /// The same into descriptors that the caller has made.
  std::size_t get(cudnnBackendAttributeName_t name, std::span<CudnnDescriptor> values) const {
    std::vector<cudnnBackendDescriptor_t> objects;
    for (const CudnnDescriptor& value : values) objects.push_back(value.object_);
    return get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, objects.size(), objects.data());
  }
  /// How many descriptors there are to get.
  std::size_t count(cudnnBackendAttributeName_t name) const {
    std::int64_t count = 0;
    cudnn().check(cudnn().cudnnBackendGetAttribute(object_, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count, nullptr),
                  "asking a descriptor");
    return static_cast<std::size_t>(count);
  }

 private:
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count, const void* values) {
    cudnn().check(cudnn().cudnnBackendSetAttribute(object_, name, type, count, values), "describing an operation");
  }
  std::size_t get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::size_t room,
                  void* values) const {
    std::int64_t count = 0;
    cudnn().check(
        cudnn().cudnnBackendGetAttribute(object_, name, type, static_cast<std::int64_t>(room), &count, values),
        "asking a descriptor");
    return std::min(static_cast<std::size_t>(count), room);
  }

  cudnnBackendDescriptor_t object_ = nullptr;
};

}  // namespace genocuda::cuda

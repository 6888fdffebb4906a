// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cudnn.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// A stand-in for libcudnn.so.9 without a GPU: the graph API as far as one convolution needs it, computed on host
/// memory from nothing but what the descriptors say. It refuses what the library documents as refused: attributes of a
/// wrong type or number, objects that are used before they are finalized or after they are destroyed, shapes that do
/// not fit, memory that is not aligned, a handle in two threads at once.
///
/// Environment variables name the engines that it offers, in order and separated by commas: FAKE_CUDNN_ENGINES in
/// heuristics mode A (default "down_convert,tf32,fp32"), FAKE_CUDNN_ENGINES_B and FAKE_CUDNN_ENGINES_FALLBACK in the
/// others (default none). "fp32" computes in float, "symmetric" too, where the paddings before and after are alike;
/// "tf32", "down_convert", "winograd", "fft", "reduced" and "nondeterministic" are as wrong as the library's note on
/// such an engine allows, and worse; "huge" asks for a terabyte, "broken" makes no plan, "silent" does not say what it
/// needs. With FAKE_CUDNN_NO_HANDLE no handle can be made.
namespace fake_cudnn {

struct Descriptor;

struct Attribute {
  cudnnBackendAttributeType_t type{};
  std::vector<std::byte> values;
  std::vector<Descriptor> descriptors;  ///< as they were when they were set
};

struct Descriptor {
  cudnnBackendDescriptorType_t type{};
  bool finalized = false;
  std::map<cudnnBackendAttributeName_t, Attribute> attributes = {};
  std::string engine = {};  ///< of engines and their configurations

  template <typename T>
  std::vector<T> all(cudnnBackendAttributeName_t name) const {
    const std::vector<std::byte>& bytes = attributes.at(name).values;
    const auto* const first = reinterpret_cast<const T*>(bytes.data());
    return {first, first + bytes.size() / sizeof(T)};
  }
  template <typename T>
  T one(cudnnBackendAttributeName_t name) const {
    return all<T>(name).front();
  }
  const Descriptor& descriptor(cudnnBackendAttributeName_t name) const {
    return attributes.at(name).descriptors.front();
  }
};

/// The attributes of an operation that are the same three tensors for each.
struct OperationNames {
  cudnnBackendAttributeName_t x, filters, y, convolution, alpha, beta;
};
const OperationNames& names_of(cudnnBackendDescriptorType_t operation);
bool is_convolution(cudnnBackendDescriptorType_t type);

/// Whether the extents and types of an operation's tensors fit each other and its windows.
cudnnStatus_t check_shapes(const Descriptor& operation);
/// The memory of an engine while it runs.
std::int64_t workspace_bytes(const std::string& engine);
/// What an engine does: rounds operands as its notes say, adds products in double, writes over all of its workspace.
cudnnStatus_t execute(const Descriptor& operation, const std::string& engine, const Descriptor& variant_pack);

}  // namespace fake_cudnn

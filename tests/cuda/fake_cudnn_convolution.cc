// SPDX-License-Identifier: Apache-2.0
// What the engines of the fake cuDNN compute.
#include <bit>
#include <cstring>

#include "tests/cuda/fake_cudnn.h"

namespace fake_cudnn {
namespace {

constexpr std::int64_t kWorkspaceAlignment = 256;

/// Dimensions of a tensor in the library's order: batch (filters: out), channels (in), height, width.
class Tensor {
 public:
  Tensor(const Descriptor& descriptor, void* data)
      : dims(descriptor.all<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS)),
        strides_(descriptor.all<std::int64_t>(CUDNN_ATTR_TENSOR_STRIDES)),
        bf16_(descriptor.one<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE) == CUDNN_DATA_BFLOAT16),
        data_(data) {}

  std::vector<std::int64_t> dims;

  std::int64_t elements() const { return dims[0] * dims[1] * dims[2] * dims[3]; }
  std::int64_t index(const std::int64_t (&at)[4]) const {
    return ((at[0] * dims[1] + at[1]) * dims[2] + at[2]) * dims[3] + at[3];
  }
  /// Of element `index` in the order of the dimensions.
  float get(std::int64_t index) const {
    if (!bf16_) return static_cast<const float*>(data_)[place(index)];
    return std::bit_cast<float>(static_cast<std::uint32_t>(static_cast<const std::uint16_t*>(data_)[place(index)])
                                << 16);
  }
  void set(std::int64_t index, double value) {
    const auto single = static_cast<float>(value);
    if (!bf16_) {
      static_cast<float*>(data_)[place(index)] = single;
      return;
    }
    const auto word = std::bit_cast<std::uint32_t>(single);
    static_cast<std::uint16_t*>(data_)[place(index)] =
        static_cast<std::uint16_t>((word + 0x7fff + (word >> 16 & 1)) >> 16);
  }

 private:
  std::int64_t place(std::int64_t index) const {
    std::int64_t offset = 0;
    for (int axis = 3; axis >= 0; --axis) {
      offset += index % dims[axis] * strides_[axis];
      index /= dims[axis];
    }
    return offset;
  }

  std::vector<std::int64_t> strides_;
  bool bf16_;
  void* data_;
};

/// A float without its lowest bits, rounded to nearest.
float without_bits(float value, int bits) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  return std::bit_cast<float>((word + (1U << (bits - 1))) >> bits << bits);
}

float rounded_by(const std::string& engine, float value) {
  if (engine == "tf32") return without_bits(value, 13);
  if (engine == "down_convert") return without_bits(value, 16);
  return value;
}

/// Windows of a two-dimensional convolution.
struct Windows {
  explicit Windows(const Descriptor& d)
      : before(d.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS)),
        after(d.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS)),
        strides(d.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES)),
        dilations(d.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_DILATIONS)) {}
  std::vector<std::int64_t> before, after, strides, dilations;
};

/// Calls visit(index in x, in the filters, in y) for every product of the convolution.
template <typename Visit>
void for_each_product(const Windows& windows, bool flipped, const Tensor& x, const Tensor& w, const Tensor& y,
                      Visit visit) {
  const auto position = [&](int axis, std::int64_t out, std::int64_t tap) {
    return out * windows.strides[axis] - windows.before[axis] + tap * windows.dilations[axis];
  };
  const auto tap_of = [&](std::int64_t tap, std::int64_t width) { return flipped ? width - 1 - tap : tap; };
  for (std::int64_t i = 0; i < y.elements(); ++i) {
    const std::int64_t column = i % y.dims[3], row = i / y.dims[3] % y.dims[2];
    const std::int64_t out = i / (y.dims[3] * y.dims[2]) % y.dims[1], batch = i / (y.dims[3] * y.dims[2] * y.dims[1]);
    for (std::int64_t in = 0; in < w.dims[1]; ++in) {
      for (std::int64_t r = 0; r < w.dims[2]; ++r) {
        for (std::int64_t s = 0; s < w.dims[3]; ++s) {
          const std::int64_t h = position(0, row, r), v = position(1, column, s);
          if (h < 0 || h >= x.dims[2] || v < 0 || v >= x.dims[3]) continue;
          visit(x.index({batch, in, h, v}), w.index({out, in, tap_of(r, w.dims[2]), tap_of(s, w.dims[3])}), i);
        }
      }
    }
  }
}

/// Memory that the caller gave for a tensor; null where there is none, or where it is not aligned as the tensor says.
void* find(const Descriptor& tensor, const Descriptor& variant_pack) {
  const auto names = variant_pack.all<std::int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
  const auto pointers = variant_pack.all<void*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
  const auto alignment = static_cast<std::uintptr_t>(tensor.one<std::int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT));
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != tensor.one<std::int64_t>(CUDNN_ATTR_TENSOR_UNIQUE_ID)) continue;
    return reinterpret_cast<std::uintptr_t>(pointers[i]) % alignment == 0 ? pointers[i] : nullptr;
  }
  return nullptr;
}

}  // namespace

cudnnStatus_t check_shapes(const Descriptor& operation) {
  const OperationNames& names = names_of(operation.type);
  const Tensor x(operation.descriptor(names.x), nullptr), w(operation.descriptor(names.filters), nullptr),
      y(operation.descriptor(names.y), nullptr);
  if (x.dims.size() != 4 || w.dims.size() != 4 || y.dims.size() != 4) return CUDNN_STATUS_NOT_SUPPORTED_SHAPE;
  const Windows windows(operation.descriptor(names.convolution));
  bool fits = windows.before.size() == 2 && x.dims[0] == y.dims[0] && x.dims[1] == w.dims[1] && w.dims[0] == y.dims[1];
  for (std::size_t axis = 0; fits && axis < 2; ++axis) {
    const std::int64_t span = (w.dims[2 + axis] - 1) * windows.dilations[axis] + 1;
    const std::int64_t room = windows.before[axis] + x.dims[2 + axis] + windows.after[axis] - span;
    fits = room >= 0 && y.dims[2 + axis] == room / windows.strides[axis] + 1;
  }
  return fits ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH;
}

std::int64_t workspace_bytes(const std::string& engine) { return engine == "huge" ? std::int64_t{1} << 40 : 1000; }

cudnnStatus_t execute(const Descriptor& operation, const std::string& engine, const Descriptor& variant_pack) {
  const OperationNames& names = names_of(operation.type);
  void* memory[3];
  int found = 0;
  for (const cudnnBackendAttributeName_t name : {names.x, names.filters, names.y}) {
    memory[found] = find(operation.descriptor(name), variant_pack);
    if (memory[found++] == nullptr) return CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER;
  }
  auto* const workspace = variant_pack.one<void*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE);
  if (workspace == nullptr) return CUDNN_STATUS_BAD_PARAM_NULL_POINTER;
  if (reinterpret_cast<std::uintptr_t>(workspace) % kWorkspaceAlignment != 0) {
    return CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER;
  }
  std::memset(workspace, 0x5a, static_cast<std::size_t>(workspace_bytes(engine)));

  Tensor x(operation.descriptor(names.x), memory[0]), w(operation.descriptor(names.filters), memory[1]),
      y(operation.descriptor(names.y), memory[2]);
  const Descriptor& convolution = operation.descriptor(names.convolution);
  const Windows windows(convolution);
  const bool flipped = convolution.one<cudnnConvolutionMode_t>(CUDNN_ATTR_CONVOLUTION_CONV_MODE) == CUDNN_CONVOLUTION;
  Tensor& result = operation.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR         ? y
                   : operation.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR ? x
                                                                                                    : w;
  std::vector<double> sums(static_cast<std::size_t>(result.elements()), 0);
  for_each_product(windows, flipped, x, w, y, [&](std::int64_t in_x, std::int64_t in_w, std::int64_t in_y) {
    const auto read = [&](const Tensor& tensor, std::int64_t index) {
      return &tensor == &result ? 1.0 : static_cast<double>(rounded_by(engine, tensor.get(index)));
    };
    const std::int64_t to = &result == &y ? in_y : &result == &x ? in_x : in_w;
    sums[static_cast<std::size_t>(to)] += read(x, in_x) * read(w, in_w) * read(y, in_y);
  });
  static int runs = 0;
  const bool inexact = engine == "winograd" || engine == "fft" || engine == "reduced";
  const double alpha = operation.one<float>(names.alpha), beta = operation.one<float>(names.beta);
  const double noise = engine == "nondeterministic" ? 1 + 0.5 * ++runs : inexact ? 1.01 : 1;
  for (std::int64_t i = 0; i < result.elements(); ++i) {
    const double before = beta == 0 ? 0 : beta * static_cast<double>(result.get(i));
    result.set(i, alpha * noise * sums[static_cast<std::size_t>(i)] + before);
  }
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace fake_cudnn

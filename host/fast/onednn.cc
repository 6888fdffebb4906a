// SPDX-License-Identifier: Apache-2.0
#include "host/fast/onednn.h"

#include <fmt/format.h>

#ifdef GENOCUDA_HAVE_ONEDNN

#include <array>
#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>

#include "core/error.h"
#include "host/threads.h"

namespace genocuda::fast {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

const dnnl::engine& cpu_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

/// Scratch is ours to book; precision stays fp32, which is the default of oneDNN's attributes.
dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

memory::desc f32(const memory::dims& dims, Tag tag) { return {dims, memory::data_type::f32, tag}; }

/// The same tensor in the layout that oneDNN likes best.
memory::desc any_layout(const memory::desc& description) {
#if DNNL_VERSION_MAJOR >= 3
  return f32(description.get_dims(), Tag::any);
#else
  return f32(description.dims(), Tag::any);
#endif
}

// oneDNN 3 dropped the operation descriptor between the parameters and the primitive descriptor.
template <typename PrimitiveDesc, typename... Parameters>
PrimitiveDesc describe(const Parameters&... parameters) {
#if DNNL_VERSION_MAJOR >= 3
  return PrimitiveDesc(cpu_engine(), parameters..., user_scratchpad());
#else
  return PrimitiveDesc({parameters...}, user_scratchpad(), cpu_engine());
#endif
}

template <typename PrimitiveDesc, typename Hint, typename... Parameters>
PrimitiveDesc describe_backward(const Hint& forward, const Parameters&... parameters) {
#if DNNL_VERSION_MAJOR >= 3
  return PrimitiveDesc(cpu_engine(), parameters..., forward, user_scratchpad());
#else
  return PrimitiveDesc({parameters...}, user_scratchpad(), cpu_engine(), forward);
#endif
}

/// Hands out the parts of the scratch memory one after the other.
class ScratchLayout {
 public:
  std::size_t add(std::size_t bytes) {
    const std::size_t offset = bytes_;
    bytes_ += (bytes + 63) / 64 * 64;
    return offset;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

/// A primitive with the memory objects of its arguments: run() sets addresses and executes, by the C API, whose
/// argument list needs no allocation.
class Step {
 public:
  Step() = default;

  template <typename PrimitiveDesc>
  Step(const dnnl::primitive& primitive, const PrimitiveDesc& description, ScratchLayout& layout)
      : primitive_(primitive) {
    const memory::desc scratchpad = description.scratchpad_desc();
    if (scratchpad.get_size() == 0) return;
    scratchpad_index_ = add(DNNL_ARG_SCRATCHPAD, scratchpad);
    scratchpad_offset_ = layout.add(scratchpad.get_size());
  }

  int add(int argument, const memory::desc& description) {
    memories_[count_] = memory(description, cpu_engine(), nullptr);
    arguments_[count_] = {argument, memories_[count_].get()};
    return count_++;
  }

  void set(int index, const void* data) {
    // oneDNN's handles are mutable; inputs are not written.
    memories_[index].set_data_handle(const_cast<void*>(data));
  }

  void run(const dnnl::stream& stream, std::byte* scratch) {
    if (scratchpad_index_ >= 0) set(scratchpad_index_, scratch + scratchpad_offset_);
    const dnnl_status_t status = dnnl_primitive_execute(primitive_.get(), stream.get(), count_, arguments_.data());
    if (status != dnnl_success)
      throw Error(ErrorKind::internal, "oneDNN failed with status {}", static_cast<int>(status));
  }

 private:
  static constexpr int kMaxArguments = 4;
  dnnl::primitive primitive_;
  std::array<memory, kMaxArguments> memories_;
  std::array<dnnl_exec_arg_t, kMaxArguments> arguments_{};
  int count_ = 0;
  int scratchpad_index_ = -1;
  std::size_t scratchpad_offset_ = 0;
};

/// A change of layout; nothing to run where both layouts are the same.
class Reorder {
 public:
  Reorder() = default;
  Reorder(const memory::desc& from, const memory::desc& to, ScratchLayout& layout) : needed_(from != to) {
    if (!needed_) return;
    const dnnl::reorder::primitive_desc description(cpu_engine(), from, cpu_engine(), to, user_scratchpad());
    step_ = Step(dnnl::reorder(description), description, layout);
    from_ = step_.add(DNNL_ARG_FROM, from);
    to_ = step_.add(DNNL_ARG_TO, to);
  }

  bool needed() const { return needed_; }
  void run(const dnnl::stream& stream, const void* from, void* to, std::byte* scratch) {
    step_.set(from_, from);
    step_.set(to_, to);
    step_.run(stream, scratch);
  }

 private:
  bool needed_ = false;
  Step step_;
  int from_ = 0, to_ = 0;
};

/// Turns exceptions of oneDNN into ours.
template <typename Make>
auto translate_errors(const char* what, const Make& make) {
  host::announce_threads();
  try {
    return make();
  } catch (const dnnl::error& error) {
    throw Error(ErrorKind::internal,
                "oneDNN cannot prepare {}: {} (status {}); choose another implementation with --impl", what,
                error.what(), static_cast<int>(error.status));
  }
}

/// The geometry in oneDNN's words: its dilation counts the positions left out.
struct Geometry {
  memory::dims strides, dilates, pad_left, pad_right;
  explicit Geometry(const SlidingWindow& window)
      : strides{window.stride}, dilates{window.dilation - 1}, pad_left{window.pad_left}, pad_right{window.pad_right} {}
};

}  // namespace

std::string onednn_version() {
  const dnnl_version_t& version = *dnnl_version();
  return fmt::format("oneDNN {}.{}.{}", version.major, version.minor, version.patch);
}

struct OnednnConvolution::State {
  dnnl::stream stream{cpu_engine()};
  ScratchLayout layout;
  Step convolution;
  Reorder reorder;  ///< of the filters: from our layout, or of the result to it
  int first = 0, second = 0, result = 0;
  bool result_is_filters = false;
  std::size_t filters_offset = 0;  ///< in the scratch: filters in oneDNN's layout
  std::size_t flipped_offset = 0;  ///< in the scratch: filters with their taps in reverse order
  std::int64_t flipped_taps = 0;   ///< 0: not flipped
  std::size_t tap_bytes = 0;

  using Forward = dnnl::convolution_forward;
  using BackwardData = dnnl::convolution_backward_data;
  using BackwardWeights = dnnl::convolution_backward_weights;
  static constexpr auto kAlgorithm = dnnl::algorithm::convolution_direct;

  static Forward::primitive_desc describe_forward(const memory::desc& x, const memory::desc& filters,
                                                  const memory::desc& y, const Geometry& g) {
    return describe<Forward::primitive_desc>(dnnl::prop_kind::forward_training, kAlgorithm, x, filters, y, g.strides,
                                             g.dilates, g.pad_left, g.pad_right);
  }

  void use_filters(const memory::desc& ours, const memory::desc& theirs) {
    reorder = Reorder(ours, theirs, layout);
    filters_offset = layout.add(theirs.get_size());
  }

  void make_forward(const memory::desc& x, const memory::desc& y, const memory::desc& filters,
                    const Geometry& geometry) {
    const auto description = describe_forward(x, any_layout(filters), y, geometry);
    convolution = Step(Forward(description), description, layout);
    first = convolution.add(DNNL_ARG_SRC, x);
    second = convolution.add(DNNL_ARG_WEIGHTS, description.weights_desc());
    result = convolution.add(DNNL_ARG_DST, y);
    use_filters(filters, description.weights_desc());
  }
};

OnednnConvolution::OnednnConvolution(ConvolutionPass pass, const ConvolutionShape& shape)
    : state_(translate_errors("a convolution", [] { return std::make_shared<State>(); })) {
  State& state = *state_;
  translate_errors("a convolution", [&] {
    const SlidingWindow& window = shape.window;
    const memory::desc x = f32({shape.batch, shape.in, shape.length}, Tag::nwc);
    const memory::desc y = f32({shape.batch, shape.out, shape.out_length}, Tag::nwc);
    const memory::dims filter_dims{shape.out, shape.in, window.width};
    const memory::desc ours = f32(filter_dims, Tag::wio);
    const memory::desc filters = any_layout(ours);
    const Geometry geometry(window);
    if (pass == ConvolutionPass::forward) return state.make_forward(x, y, ours, geometry);

    if (pass == ConvolutionPass::backward_input && window.stride == 1) {
      // At stride 1 this is a convolution of dy with the filters flipped and transposed. oneDNN's forward kernel is at
      // least as fast as its backward one, and covers dilations for which that falls back to im2col.
      SlidingWindow flipped = window;
      flipped.pad_left = window.span() - 1 - window.pad_left;
      flipped.pad_right = shape.length - shape.out_length + window.pad_left;
      if (flipped.pad_left >= 0 && flipped.pad_right >= 0) {
        const memory::desc transposed({shape.in, shape.out, window.width}, memory::data_type::f32,
                                      memory::dims{shape.out, 1, shape.in * shape.out});
        state.make_forward(y, x, transposed, Geometry(flipped));
        state.tap_bytes = static_cast<std::size_t>(shape.in * shape.out) * sizeof(float);
        if (window.width > 1) {
          state.flipped_taps = window.width;
          state.flipped_offset = state.layout.add(state.tap_bytes * static_cast<std::size_t>(window.width));
        }
        return;
      }
    }

    const auto forward = State::describe_forward(x, filters, y, geometry);
    if (pass == ConvolutionPass::backward_input) {
      const auto description = describe_backward<State::BackwardData::primitive_desc>(
          forward, State::kAlgorithm, x, filters, y, geometry.strides, geometry.dilates, geometry.pad_left,
          geometry.pad_right);
      state.convolution = Step(State::BackwardData(description), description, state.layout);
      state.first = state.convolution.add(DNNL_ARG_DIFF_DST, y);
      state.second = state.convolution.add(DNNL_ARG_WEIGHTS, description.weights_desc());
      state.result = state.convolution.add(DNNL_ARG_DIFF_SRC, x);
      state.use_filters(ours, description.weights_desc());
      return;
    }
    const auto description = describe_backward<State::BackwardWeights::primitive_desc>(
        forward, State::kAlgorithm, x, filters, y, geometry.strides, geometry.dilates, geometry.pad_left,
        geometry.pad_right);
    state.convolution = Step(State::BackwardWeights(description), description, state.layout);
    state.first = state.convolution.add(DNNL_ARG_SRC, x);
    state.second = state.convolution.add(DNNL_ARG_DIFF_DST, y);
    state.result = state.convolution.add(DNNL_ARG_DIFF_WEIGHTS, description.diff_weights_desc());
    state.result_is_filters = true;
    state.reorder = Reorder(description.diff_weights_desc(), ours, state.layout);
    state.filters_offset = state.layout.add(description.diff_weights_desc().get_size());
  });
}

std::size_t OnednnConvolution::scratch_bytes() const { return state_->layout.bytes(); }

void OnednnConvolution::run(const float* first, const float* second, float* result, void* scratch) const {
  host::announce_threads();
  State& state = *state_;
  std::byte* const memory = static_cast<std::byte*>(scratch);
  void* const filters = memory + state.filters_offset;
  state.convolution.set(state.first, first);
  if (state.result_is_filters) {
    state.convolution.set(state.second, second);
    state.convolution.set(state.result, state.reorder.needed() ? filters : result);
    state.convolution.run(state.stream, memory);
    if (state.reorder.needed()) state.reorder.run(state.stream, filters, result, memory);
    return;
  }
  const void* ours = second;
  if (state.flipped_taps > 0) {
    std::byte* const flipped = memory + state.flipped_offset;
    for (std::int64_t tap = 0; tap < state.flipped_taps; ++tap) {
      std::memcpy(flipped + (state.flipped_taps - 1 - tap) * state.tap_bytes,
                  reinterpret_cast<const std::byte*>(second) + tap * state.tap_bytes, state.tap_bytes);
    }
    ours = flipped;
  }
  if (state.reorder.needed()) {
    state.reorder.run(state.stream, ours, filters, memory);
    ours = filters;
  }
  state.convolution.set(state.second, ours);
  state.convolution.set(state.result, result);
  state.convolution.run(state.stream, memory);
}

struct OnednnMatmul::State {
  MatmulShape shape;
  dnnl::stream stream{cpu_engine()};
  ScratchLayout layout;
  Step matmul;
  int a = 0, b = 0, result = 0;
};

OnednnMatmul::OnednnMatmul(const MatmulShape& shape)
    : state_(translate_errors("a matrix product", [] { return std::make_shared<State>(); })) {
  state_->shape = shape;
  // Measured with 2.6 and 3: sgemm is up to twice as fast for a plain b, the matmul primitive for a transposed one.
  if (!shape.transpose_b) return;
  translate_errors("a matrix product", [&] {
    State& state = *state_;
    const memory::desc a = f32({shape.m, shape.k}, shape.transpose_a ? Tag::ba : Tag::ab);
    const memory::desc b = f32({shape.k, shape.n}, Tag::ba);
    const memory::desc result = f32({shape.m, shape.n}, Tag::ab);
    const auto description = describe<dnnl::matmul::primitive_desc>(a, b, result);
    state.matmul = Step(dnnl::matmul(description), description, state.layout);
    state.a = state.matmul.add(DNNL_ARG_SRC, a);
    state.b = state.matmul.add(DNNL_ARG_WEIGHTS, b);
    state.result = state.matmul.add(DNNL_ARG_DST, result);
  });
}

std::size_t OnednnMatmul::scratch_bytes() const { return state_->layout.bytes(); }

void OnednnMatmul::run(const float* a, const float* b, float* result, void* scratch) const {
  host::announce_threads();
  State& state = *state_;
  const MatmulShape& shape = state.shape;
  if (!shape.transpose_b) {
    const std::int64_t lda = shape.transpose_a ? shape.m : shape.k;
    const dnnl_status_t status = dnnl_sgemm(shape.transpose_a ? 'T' : 'N', 'N', shape.m, shape.n, shape.k, 1.0f, a, lda,
                                            b, shape.n, 0.0f, result, shape.n);
    if (status != dnnl_success)
      throw Error(ErrorKind::internal, "oneDNN failed with status {}", static_cast<int>(status));
    return;
  }
  state.matmul.set(state.a, a);
  state.matmul.set(state.b, b);
  state.matmul.set(state.result, result);
  state.matmul.run(state.stream, static_cast<std::byte*>(scratch));
}

}  // namespace genocuda::fast

#else

namespace genocuda::fast {

std::string onednn_version() { return "no oneDNN"; }

}  // namespace genocuda::fast

#endif

// SPDX-License-Identifier: Apache-2.0
#include "core/ops/rearrange.h"

#include "core/dna.h"
#include "core/ops/one_hot.h"
#include "host/fast/parallel.h"
#include "host/fast/rows.h"

namespace genocuda::fast {
namespace {

/// A shape as [outer, extent of the axis · inner]: the runs that lie together in memory.
struct Runs {
  std::int64_t outer, inner, run;

  Runs(const Shape& shape, int axis)
      : outer(shape.product(0, axis)), inner(shape.product(axis + 1, shape.rank())), run(shape[axis] * inner) {}

  template <typename Work>
  void parallel(const Work& work) const {
    parallel_ranges(outer, kGrain / run, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t o = begin; o < end; ++o) work(o);
    });
  }
};

Prepared prepare_concat(const Problem& problem) {
  const int axis = problem.attribute<ops::AxisAttributes>().axis;
  return {[joined = Runs(problem.outputs[0].shape, axis), axis](const RunContext& context) {
    float* const y = context.outputs[0].as<float>();
    joined.parallel([&](std::int64_t o) {
      float* to = y + o * joined.run;
      for (const TensorView& part : context.inputs) {
        const std::int64_t run = part.shape()[axis] * joined.inner;
        to = std::copy_n(part.as<float>() + o * run, run, to);
      }
    });
  }};
}

Prepared prepare_slice(const Problem& problem) {
  const auto attributes = problem.attribute<ops::AxisAttributes>();
  return {[whole = Runs(problem.inputs[0].shape, attributes.axis), attributes](const RunContext& context) {
    const float* x = context.inputs[0].as<float>() + attributes.start * whole.inner;
    float* y = context.outputs[0].as<float>();
    const std::int64_t run = attributes.length * whole.inner;
    whole.parallel([&](std::int64_t o) { std::copy_n(x + o * whole.run, run, y + o * run); });
  }};
}

Prepared prepare_pad(const Problem& problem) {
  const auto attributes = problem.attribute<ops::AxisAttributes>();
  return {[padded = Runs(problem.outputs[0].shape, attributes.axis), attributes](const RunContext& context) {
    const float* x = context.inputs[0].as<float>();
    float* y = context.outputs[0].as<float>();
    const std::int64_t before = attributes.start * padded.inner, after = attributes.length * padded.inner;
    const std::int64_t run = padded.run - before - after;
    padded.parallel([&](std::int64_t o) {
      float* to = std::fill_n(y + o * padded.run, before, 0.0f);
      std::fill_n(std::copy_n(x + o * run, run, to), after, 0.0f);
    });
  }};
}

Prepared prepare_one_hot(const Problem& problem) {
  const bool quarters = problem.attribute<ops::OneHotAttributes>().unknown == UnknownBase::quarters;
  return {[quarters](const RunContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const std::int64_t length = shape[1];
    const std::uint32_t* sequences = context.inputs[0].as<std::uint32_t>();
    float* const y = context.outputs[0].as<float>();
    const float q = quarters ? 0.25f : 0.0f;
    const float numbers[dna::kBases + 1][dna::kBases] = {
        {1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}, {q, q, q, q}};
    parallel_ranges(shape[0], kGrain / (dna::kBases * length), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t b = begin; b < end; ++b) {
        const std::uint32_t* sequence = sequences + b * dna::row_words(length);
        float* to = y + b * length * dna::kBases;
        for (std::int64_t i = 0; i < length; ++i) {
          to = std::copy_n(numbers[dna::get(sequence, length, i)], dna::kBases, to);
        }
      }
    });
  }};
}

}  // namespace

void add_rearrange(ImplementationTable& table) {
  table.add(ops::kConcat, {"vector", is_plain_float, prepare_concat});
  table.add(ops::kSlice, {"vector", is_plain_float, prepare_slice});
  table.add(ops::kPad, {"vector", is_plain_float, prepare_pad});
  table.add(ops::kOneHot, {"vector", is_plain_float, prepare_one_hot});
}

}  // namespace genocuda::fast

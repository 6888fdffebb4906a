// SPDX-License-Identifier: Apache-2.0
#include "core/ops/reduction.h"

#include "host/fast/kernels/kernels.h"
#include "host/fast/parallel.h"
#include "host/fast/rows.h"

namespace genocuda::fast {
namespace {

/// x seen as [outer, reduced, inner], the reduced axis in pieces whose sums are kept in float; they are added up in
/// double.
struct Pieces {
  std::int64_t outer, reduced, inner, size;

  Pieces(const Shape& x, int first, int last)
      : outer(x.product(0, first)),
        reduced(x.product(first, last)),
        inner(x.product(last, x.rank())),
        size(inner == 1 ? 4096 : 128) {}
  std::int64_t count() const { return ceil_divide(reduced, size); }
  std::size_t scratch_bytes() const { return static_cast<std::size_t>(outer * count() * inner) * sizeof(float); }
};

Prepared prepare_sum(const Problem& problem) {
  const auto& [first, last] = problem.attribute<ops::SumAttributes>();
  const Pieces pieces(problem.inputs[0].shape, first, last);
  return {[pieces](const RunContext& context) {
            const std::int64_t outer = pieces.outer, reduced = pieces.reduced, inner = pieces.inner, size = pieces.size;
            const float* x = context.inputs[0].as<float>();
            float* y = context.outputs[0].as<float>();
            const std::int64_t count = pieces.count();
            float* const partial = count == 1 ? y : static_cast<float*>(context.scratch);
            const std::int64_t grain = kGrain / (std::min(size, reduced) * inner);
            parallel_ranges(outer * count, grain, [&](std::int64_t begin, std::int64_t end) {
              for (std::int64_t task = begin; task < end; ++task) {
                const std::int64_t start = task % count * size, rows = std::min(size, reduced - start);
                const float* from = x + (task / count * reduced + start) * inner;
                if (inner == 1) {
                  partial[task] = static_cast<float>(kernels().sum(from, rows));
                } else {
                  kernels().column_sums(from, rows, inner, partial + task * inner);
                }
              }
            });
            if (count == 1) return;
            parallel_ranges(outer * inner, kGrain / count, [&](std::int64_t begin, std::int64_t end) {
              for (std::int64_t i = begin; i < end; ++i) {
                const float* from = partial + i / inner * count * inner + i % inner;
                double total = 0;
                for (std::int64_t piece = 0; piece < count; ++piece) total += from[piece * inner];
                y[i] = static_cast<float>(total);
              }
            });
          },
          pieces.count() == 1 ? 0 : pieces.scratch_bytes()};
}

Prepared prepare_broadcast(const Problem& problem) {
  const auto& [first, extents] = problem.attribute<ops::BroadcastAttributes>();
  const Shape& shape = problem.inputs[0].shape;
  const std::int64_t inner = shape.product(first, shape.rank()), repeats = extents.elements();
  return {[inner, repeats](const RunContext& context) {
    const float* x = context.inputs[0].as<float>();
    float* y = context.outputs[0].as<float>();
    if (inner == 1) {
      parallel_ranges(context.outputs[0].elements(), kGrain, [=](std::int64_t begin, std::int64_t end) {
        while (begin < end) {
          const std::int64_t o = begin / repeats, stop = std::min(end, (o + 1) * repeats);
          std::fill(y + begin, y + stop, x[o]);
          begin = stop;
        }
      });
      return;
    }
    parallel_ranges(context.outputs[0].elements() / inner, kGrain / inner, [=](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) std::copy_n(x + row / repeats * inner, inner, y + row * inner);
    });
  }};
}

}  // namespace

void add_reduction(ImplementationTable& table) {
  table.add(ops::kSum, {"vector", is_plain_float, prepare_sum});
  table.add(ops::kBroadcast, {"vector", is_plain_float, prepare_broadcast});
}

}  // namespace genocuda::fast

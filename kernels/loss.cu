// SPDX-License-Identifier: Apache-2.0
#include "kernels/loss.h"

#include <type_traits>

#include "kernels/elementwise.cuh"
#include "kernels/loss_terms.cuh"
#include "kernels/row_groups.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kPack = Pack<float>::kSize;
constexpr std::int64_t kMostPartials = 512;

/// Of the terms of a block, then of all: what the loss is the quotient of.
struct LossSums {
  double sum, divisor;
};

/// The scratch of both launchers.
struct LossScratch {
  LossSums partials[kMostPartials];
  float factor;  ///< dloss over the divisor
};

__device__ __forceinline__ bool is_counted(float weight, float target) { return weight > 0.0f && !isnan(target); }

__device__ __forceinline__ void write_partial(const LossSums& of_thread, LossSums* partials) {
  const double sum = block_sum<kRowThreads>(of_thread.sum), divisor = block_sum<kRowThreads>(of_thread.divisor);
  if (threadIdx.x == 0) partials[blockIdx.x] = {sum, divisor};
}

/// Sums weighted terms of entries and the divisor over the rows of a block. Terms are computed in float and added in
/// double. Bound by memory, and by its launch for the sizes that losses have.
template <typename Term, bool kLong>
__global__ void __launch_bounds__(kRowThreads)
    entry_sums_kernel(RowCut cut, LossBatch batch, LossSums* __restrict__ partials) {
  const RowGroup<kLong> group(cut);
  LossSums sums{0, 0};
  for_rows<kLong>(cut, [&](std::int64_t row) {
    const std::int64_t start = row * cut.width;
    float any = 0;
    if (row >= 0) {
      for_packs<2>(
          cut, group.lane,
          [&](std::int64_t, int count, const float(&p)[kPack], const float(&t)[kPack], const float(&w)[kPack]) {
#pragma unroll
            for (int i = 0; i < kPack; ++i) {
              if (i >= count || !is_counted(w[i], t[i])) continue;
              any = 1;
              sums.sum += static_cast<double>(w[i]) * static_cast<double>(Term::term(p[i], t[i]));
              if (!batch.by_examples) sums.divisor += static_cast<double>(w[i]);
            }
          },
          batch.prediction + start, batch.target + start, batch.weights + start);
    }
    if (batch.by_examples) {
      any = group.max(any);
      if (group.lane == 0) sums.divisor += static_cast<double>(any);
    }
  });
  write_partial(sums, partials);
}

/// What a group knows of a row of a loss with a term per row.
struct RowSums {
  double total = 0;         ///< Σ t
  double dot = 0;           ///< Σ t · p
  double coefficients = 0;  ///< Σ of the term's of_count
  float missing = 0;        ///< 1 where a label is NaN
};

/// Takes in four neighbouring entries. A target of 0 makes no difference whatever the prediction.
template <typename Term>
__device__ __forceinline__ void add_pack(RowSums& sums, int count, const float (&p)[kPack], const float (&t)[kPack]) {
#pragma unroll
  for (int i = 0; i < kPack; ++i) {
    if (i >= count || t[i] == 0.0f) continue;
    if (isnan(t[i])) sums.missing = 1;
    sums.total += static_cast<double>(t[i]);
    if constexpr (!std::is_same_v<Term, NoTerm>) {
      sums.dot += static_cast<double>(t[i]) * static_cast<double>(p[i]);
      sums.coefficients += Term::of_count(t[i]);
    }
  }
}

/// The same for losses with a term per row: −Σ t · (p − log Σ e^p), in one pass over a row.
template <typename Term, bool kLong>
__global__ void __launch_bounds__(kRowThreads)
    row_sums_kernel(RowCut cut, LossBatch batch, LossSums* __restrict__ partials) {
  constexpr bool kTerms = !std::is_same_v<Term, NoTerm>;
  const RowGroup<kLong> group(cut);
  LossSums sums{0, 0};
  for_rows<kLong>(cut, [&](std::int64_t row) {
    const std::int64_t start = row * cut.width;
    RowSums of_row;
    Partition partition;
    if (row >= 0) {
      for_packs<2>(
          cut, group.lane,
          [&](std::int64_t, int count, const float(&p)[kPack], const float(&t)[kPack]) {
            if constexpr (kTerms) partition.add(p, count);
            add_pack<Term>(of_row, count, p, t);
          },
          batch.prediction + start, batch.target + start);
    }
    double term = 0;
    if constexpr (kTerms) {
      partition.join(group);
      const double total = group.sum(of_row.total);
      term = group.sum(of_row.coefficients) + Term::of_total(total) - group.sum(of_row.dot);
      if (total != 0) term += total * (static_cast<double>(partition.largest) + log(partition.sum));
    }
    const bool missing = group.max(of_row.missing) > 0;
    if (row < 0 || group.lane != 0) return;
    const double weight = static_cast<double>(batch.weights[row]);
    if (!(weight > 0) || missing) return;
    sums.sum += weight * term;
    sums.divisor += batch.by_examples ? 1 : weight;
  });
  write_partial(sums, partials);
}

/// One block adds up the partial sums and writes the quotient of `numerator` (null: of the sum of terms) and the
/// divisor, and the divisor itself where it is asked for; 0 where no term counts.
__global__ void __launch_bounds__(kRowThreads)
    divide_kernel(const LossSums* __restrict__ partials, int count, const float* __restrict__ numerator,
                  float* __restrict__ quotient, float* __restrict__ divisor) {
  LossSums sums{0, 0};
  for (int i = static_cast<int>(threadIdx.x); i < count; i += kRowThreads) {
    sums.sum += partials[i].sum;
    sums.divisor += partials[i].divisor;
  }
  const double sum = block_sum<kRowThreads>(sums.sum), below = block_sum<kRowThreads>(sums.divisor);
  if (threadIdx.x != 0) return;
  const double above = numerator == nullptr ? sum : static_cast<double>(*numerator);
  *quotient = below > 0 ? static_cast<float>(above / below) : 0.0f;
  if (divisor != nullptr) *divisor = static_cast<float>(below);
}

/// An element of dprediction.
template <typename Term>
struct EntrySlope {
  const float* factor;
  __device__ __forceinline__ float operator()(float p, float t, float w) const {
    return is_counted(w, t) ? __ldg(factor) * w * Term::slope(p, t) : 0.0f;
  }
};

/// Rows of dprediction: factor · (softmax(p) · Σ t − t). A pass for the sums, and one that finds the row in the caches.
template <bool kLong>
__global__ void __launch_bounds__(kRowThreads)
    row_slopes_kernel(RowCut cut, LossBatch batch, const float* __restrict__ factor, float* __restrict__ dprediction) {
  const RowGroup<kLong> group(cut);
  for_rows<kLong>(cut, [&](std::int64_t row) {
    const std::int64_t start = row * cut.width;
    const float *prediction = batch.prediction + start, *target = batch.target + start;
    RowSums of_row;
    Partition partition;
    if (row >= 0) {
      for_packs<2>(
          cut, group.lane,
          [&](std::int64_t, int count, const float(&p)[kPack], const float(&t)[kPack]) {
            partition.add(p, count);
            add_pack<NoTerm>(of_row, count, p, t);
          },
          prediction, target);
    }
    partition.join(group);
    const double total = group.sum(of_row.total);
    const bool missing = group.max(of_row.missing) > 0;
    if (row < 0) return;
    const float weight = batch.weights[row], scale = static_cast<float>(total / partition.sum);
    const bool counts = weight > 0.0f && !missing;
    const float slope = *factor * weight;
    for_packs<2>(
        cut, group.lane,
        [&](std::int64_t first, int count, const float(&p)[kPack], const float(&t)[kPack]) {
          float result[kPack];
#pragma unroll
          for (int i = 0; i < kPack; ++i) {
            result[i] = counts ? slope * (expf(p[i] - partition.largest) * scale - t[i]) : 0.0f;
          }
          store_pack(dprediction + start, cut, first, count, result);
        },
        prediction, target);
  });
}

template <typename F>
void with_entry_term(LossKind kind, F f) {
  switch (kind) {
    case LossKind::bce_with_logits:
      return f(BinaryCrossEntropy{});
    case LossKind::mse:
      return f(SquaredError{});
    default:
      return f(PoissonLoss{});
  }
}

bool is_per_row(LossKind kind) { return kind == LossKind::softmax_cross_entropy || kind == LossKind::multinomial_nll; }

using SumsKernel = void (*)(RowCut, LossBatch, LossSums*);

/// Writes the partial sums and returns how many there are.
int sum_terms(SumsKernel of_short_rows, SumsKernel of_long_rows, const LossBatch& batch, LossSums* partials,
              Stream stream) {
  const float* entry_weights = is_per_row(batch.kind) ? nullptr : batch.weights;
  const RowCut cut = RowCut::of(batch.rows, batch.width, batch.prediction, batch.target, entry_weights);
  const unsigned blocks = blocks_for(batch.rows, kRowThreads / cut.lanes, kMostPartials);
  if (blocks == 0) return 0;
  launch(cut.is_long() ? of_long_rows : of_short_rows, blocks, kRowThreads, 0, stream, cut, batch, partials);
  return static_cast<int>(blocks);
}

/// `Term`: NoTerm for the divisors alone.
template <typename Term>
int sum_entries(const LossBatch& batch, LossSums* partials, Stream stream) {
  return sum_terms(entry_sums_kernel<Term, false>, entry_sums_kernel<Term, true>, batch, partials, stream);
}

template <typename Term>
int sum_rows(const LossBatch& batch, LossSums* partials, Stream stream) {
  return sum_terms(row_sums_kernel<Term, false>, row_sums_kernel<Term, true>, batch, partials, stream);
}

}  // namespace

void loss(const LossBatch& batch, float* loss, float* divisor, void* scratch, Stream stream) {
  LossSums* partials = static_cast<LossScratch*>(scratch)->partials;
  int count = 0;
  if (batch.kind == LossKind::softmax_cross_entropy) {
    count = sum_rows<CrossEntropy>(batch, partials, stream);
  } else if (batch.kind == LossKind::multinomial_nll) {
    count = sum_rows<Multinomial>(batch, partials, stream);
  } else {
    with_entry_term(batch.kind, [&](auto term) { count = sum_entries<decltype(term)>(batch, partials, stream); });
  }
  launch(divide_kernel, 1, kRowThreads, 0, stream, partials, count, nullptr, loss, divisor);
}

void loss_gradient(const LossBatch& batch, const float* dloss, float* dprediction, void* scratch, Stream stream) {
  const std::int64_t elements = batch.rows * batch.width;
  if (elements == 0) return;
  auto* memory = static_cast<LossScratch*>(scratch);
  const int count = is_per_row(batch.kind) ? sum_rows<NoTerm>(batch, memory->partials, stream)
                                           : sum_entries<NoTerm>(batch, memory->partials, stream);
  launch(divide_kernel, 1, kRowThreads, 0, stream, memory->partials, count, dloss, &memory->factor, nullptr);
  if (is_per_row(batch.kind)) {
    const RowCut cut = RowCut::of(batch.rows, batch.width, batch.prediction, batch.target, dprediction);
    launch(cut.is_long() ? row_slopes_kernel<true> : row_slopes_kernel<false>, cut.grid(), kRowThreads, 0, stream, cut,
           batch, &memory->factor, dprediction);
  } else {
    with_entry_term(batch.kind, [&](auto term) {
      launch_elementwise(stream, elements, EntrySlope<decltype(term)>{&memory->factor}, dprediction, batch.prediction,
                         batch.target, batch.weights);
    });
  }
}

std::size_t loss_scratch() { return sizeof(LossScratch); }

}  // namespace genocuda::kernels

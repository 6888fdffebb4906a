// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm.h"

#include <algorithm>
#include <stdexcept>

#include "kernels/gemm_launch.cuh"
#include "kernels/grid.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kTileRows = 128;
constexpr int kDirectColumns[] = {112, 64, 16}, kMmaColumns[] = {104, 64, 16};

/// Two blocks for each multiprocessor of the largest GPUs: fewer tiles split the terms. A constant, so that results do
/// not depend on the GPU.
constexpr std::int64_t kWantedBlocks = 264;
/// A block's share of the terms: enough to pay for its partial sums, few enough for fp32 to add up one after the other.
constexpr std::int64_t kFewestTerms = 256, kMostTerms = 8192;
/// A multiple of what every tile takes in a step.
constexpr std::int64_t kTermsUnit = 32;

struct Split {
  std::int64_t splits, terms;
};

Split split_of(std::int64_t m, std::int64_t n, std::int64_t k, Arithmetic arithmetic) {
  if (m == 0 || n == 0 || k == 0) return {1, kTermsUnit};
  const std::int64_t tiles = ceil_div(m, kTileRows) * ceil_div(n, gemm_tile_columns(n, arithmetic));
  const std::int64_t for_blocks = std::min(kWantedBlocks / tiles, k / kFewestTerms);
  const std::int64_t for_accuracy =
      arithmetic == Arithmetic::fp32 ? std::min<std::int64_t>(ceil_div(k, kMostTerms), 1024) : 1;
  const std::int64_t splits = std::max({for_blocks, for_accuracy, std::int64_t{1}});
  const std::int64_t terms = ceil_div(ceil_div(k, splits), kTermsUnit) * kTermsUnit;
  return {ceil_div(k, terms), terms};
}

constexpr int kThreads = 256;

/// One thread an element of y: adds up its partial sums, first terms first. Neighbouring threads read neighbouring
/// floats; bound by the memory traffic of the partial sums, which are few where the product is large.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    gemm_finish_kernel(const __grid_constant__ Gemm gemm, const float* __restrict__ partials, int splits, Ramp ramp) {
  const TileOutput<T> y(gemm, {.ramp = ramp});
  const std::int64_t elements = gemm.m * gemm.n;
  for (std::int64_t i = grid_begin(); i < elements; i += grid_step()) {
    float sum = partials[i];
#pragma unroll 4
    for (int s = 1; s < splits; ++s) sum += partials[s * elements + i];
    const std::int64_t row = i / gemm.n;
    y.store(y.row(row), i - row * gemm.n, sum);
  }
}

std::optional<Ramp> as_ramp(const Activation& function) {
  switch (function.kind) {
    case ActivationKind::relu:
      return Ramp{.threshold = 0, .slope = 0};
    case ActivationKind::thresholded_relu:
      return Ramp{.threshold = function.alpha, .slope = 0};
    case ActivationKind::leaky_relu:
      return Ramp{.threshold = 0, .slope = function.alpha};
    default:
      return std::nullopt;
  }
}

void launch_tiles(const Gemm& gemm, const GemmPlan& plan, Arithmetic arithmetic, Storage storage, Stream stream) {
  const bool f32 = storage == Storage::f32;
  if (arithmetic == Arithmetic::fp32) return (f32 ? gemm_direct_f32 : gemm_direct_bf16)(gemm, plan, stream);
  if (!f32) return gemm_mma_bf16(gemm, plan, stream);
  (arithmetic == Arithmetic::tf32 ? gemm_mma_f32_tf32 : gemm_mma_f32_bf16)(gemm, plan, stream);
}

/// Whether two neighbouring elements of every row of y can be stored at once.
bool has_pairs(const Gemm& gemm, Storage storage) {
  const std::size_t pair = storage == Storage::f32 ? 8 : 4;
  return gemm.n % 2 == 0 && gemm.y.column_stride == 1 && gemm.y.row_stride % 2 == 0 && gemm.y.group_stride % 2 == 0 &&
         reinterpret_cast<std::uintptr_t>(gemm.y.data) % pair == 0;
}

void require_launchable(const Gemm& gemm) {
  const std::int64_t most = std::max({gemm.m, gemm.n, gemm.k, gemm.window.stream.lines});
  if (most > INT32_MAX - kTileRows) throw std::runtime_error("a product of 2^31 or more rows, columns or terms");
}

}  // namespace

int gemm_tile_columns(std::int64_t n, Arithmetic arithmetic) {
  const auto& choices = arithmetic == Arithmetic::fp32 ? kDirectColumns : kMmaColumns;
  if (n <= choices[2]) return choices[2];
  return ceil_div(n, choices[0]) * choices[0] <= ceil_div(n, choices[1]) * choices[1] ? choices[0] : choices[1];
}

std::size_t gemm_scratch_bytes(std::int64_t m, std::int64_t n, std::int64_t k, Arithmetic arithmetic) {
  const std::int64_t splits = split_of(m, n, k, arithmetic).splits;
  return splits == 1 ? 0 : static_cast<std::size_t>(splits * m * n) * sizeof(float);
}

void gemm(const Gemm& gemm, Arithmetic arithmetic, Storage storage, void* scratch, Stream stream) {
  if (gemm.m == 0 || gemm.n == 0) return;
  require_launchable(gemm);
  const auto [splits, terms] = split_of(gemm.m, gemm.n, gemm.k, arithmetic);
  if (splits == 1) {
    const GemmPlan whole{.terms = terms, .pairs = has_pairs(gemm, storage), .ramp = ramp_of(gemm.epilogue)};
    launch_tiles(gemm, whole, arithmetic, storage, stream);
    return activate_stored(gemm, storage, stream);
  }
  auto* partials = static_cast<float*>(scratch);
  const GemmPlan plan{partials, terms, static_cast<int>(splits), gemm.n % 2 == 0, ramp_of(gemm.epilogue)};
  Gemm without_window = gemm;
  without_window.window = {};
  launch_tiles(without_window, plan, arithmetic, storage, stream);
  gemm_finish(gemm, plan, storage, stream);
  activate_stored(gemm, storage, stream);
}

Ramp ramp_of(const Epilogue& epilogue) {
  return epilogue.activation ? as_ramp(*epilogue.activation).value_or(Ramp{}) : Ramp{};
}

void activate_stored(const Gemm& gemm, Storage storage, Stream stream) {
  const auto& function = gemm.epilogue.activation;
  if (!function || as_ramp(*function)) return;
  activation(gemm.m * gemm.n, storage, *function, gemm.y.data, gemm.y.data, stream);
}

void gemm_finish(const Gemm& gemm, const GemmPlan& plan, Storage storage, Stream stream) {
  with_storage(storage, [&](auto type) {
    launch(gemm_finish_kernel<decltype(type)>, blocks_for(gemm.m * gemm.n, kThreads), kThreads, 0, stream, gemm,
           plan.partials, plan.splits, plan.ramp);
  });
}

std::int32_t piece_of(const void* data, std::int64_t channels, Storage storage) {
  const std::int64_t element = storage == Storage::f32 ? 4 : 2;
  const auto together = static_cast<std::uint64_t>(channels * element) | reinterpret_cast<std::uintptr_t>(data) | 16;
  return static_cast<std::int32_t>(together & -together);  // the lowest bit of them all
}

TapLines matrix_lines(const void* data, std::int64_t rows, std::int64_t columns, Storage storage) {
  TapLines lines{
      .data = data, .lines = rows, .group_stride = columns, .channels = Divisor31(std::max<std::int64_t>(columns, 1))};
  lines.piece = piece_of(data, columns, storage);
  return lines;
}

}  // namespace genocuda::kernels

// SPDX-License-Identifier: Apache-2.0
#include "kernels/few_rows.cuh"

#include <algorithm>

#include "kernels/gemm_launch.cuh"

namespace genocuda::kernels {
namespace {

/// Four blocks for each multiprocessor of the largest GPUs keep enough of B under way.
constexpr std::int64_t kWantedBlocks = 528;

GemmPlan plan_of(std::int64_t n, std::int64_t k) {
  if (n == 0 || k == 0) return {.terms = FewRowsTile::kTerms};
  const std::int64_t wanted = std::max<std::int64_t>(kWantedBlocks / ceil_div(n, FewRowsTile::kColumns), 1);
  const std::int64_t terms = ceil_div(ceil_div(k, wanted), FewRowsTile::kTerms) * FewRowsTile::kTerms;
  return {.terms = terms, .splits = static_cast<int>(ceil_div(k, terms))};
}

template <typename T, int kRows>
void launch_few_rows(const Gemm& gemm, const GemmPlan& plan, Stream stream) {
  const dim3 grid(static_cast<unsigned>(ceil_div(gemm.n, FewRowsTile::kColumns)), 1,
                  static_cast<unsigned>(plan.splits));
  launch(few_rows_kernel<T, kRows>, grid, FewRowsTile::kThreads, 0, stream, gemm, plan);
}

}  // namespace

std::size_t few_rows_scratch_bytes(std::int64_t m, std::int64_t n, std::int64_t k) {
  const int splits = plan_of(n, k).splits;
  return splits == 1 ? 0 : static_cast<std::size_t>(splits * m * n) * sizeof(float);
}

void few_rows(const Gemm& gemm, Storage storage, void* scratch, Stream stream) {
  if (gemm.m == 0 || gemm.n == 0) return;
  GemmPlan plan = plan_of(gemm.n, gemm.k);
  if (plan.splits > 1) plan.partials = static_cast<float*>(scratch);
  plan.ramp = ramp_of(gemm.epilogue);
  plan.pairs = gemm.n % 2 == 0 && aligned16(static_cast<const char*>(gemm.y.data));
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    if (gemm.m == 1) return launch_few_rows<T, 1>(gemm, plan, stream);
    if (gemm.m <= 4) return launch_few_rows<T, 4>(gemm, plan, stream);
    launch_few_rows<T, 16>(gemm, plan, stream);
  });
  if (plan.splits > 1) gemm_finish(gemm, plan, storage, stream);
  activate_stored(gemm, storage, stream);
}

}  // namespace genocuda::kernels

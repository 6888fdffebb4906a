// SPDX-License-Identifier: Apache-2.0
#include "tests/support/rounding_device.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/ops/affine.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "host/cpu_device.h"
#include "host/implementations.h"

namespace genocuda {
namespace {

float to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return std::bit_cast<float>((bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u);
}

/// 10 bits of the significand, ties away from zero: cvt.rna.tf32.f32.
float to_tf32(float value) {
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(value) + 0x1000u) & 0xffffe000u);
}

const Implementation& reference_of(const Operator& op) {
  return *std::ranges::find(cpu_implementations().candidates(op), "reference", &Implementation::name);
}

/// Of `op` with the operands from `kFirst` to 1 rounded: with kFirst 1, the first is DNA.
template <int kFirst>
Prepared prepare_rounded(const Problem& problem) {
  Prepared reference = reference_of(problem.op).prepare(problem);
  if (problem.precision == Precision::fp32 || (kFirst == 1 && problem.precision == Precision::tf32)) return reference;
  std::size_t bytes = 0;
  for (int i = kFirst; i <= 1; ++i) bytes += problem.inputs[i].bytes();
  const auto round = problem.precision == Precision::bf16 ? to_bf16 : to_tf32;
  // The scratch of the reference stands first, in whole cache lines.
  const std::size_t start = (reference.scratch_bytes + 63) / 64 * 64;
  return {[run = std::move(reference.run), round, start](const RunContext& context) {
            std::vector<TensorView> inputs(context.inputs.begin(), context.inputs.end());
            float* to = reinterpret_cast<float*>(static_cast<std::byte*>(context.scratch) + start);
            for (int i = kFirst; i <= 1; ++i) {
              const TensorView& from = context.inputs[i];
              std::transform(from.as<float>(), from.as<float>() + from.elements(), to, round);
              inputs[i].data = to;
              to += from.elements();
            }
            run({inputs, context.outputs, context.scratch, context.stream});
          },
          start + bytes};
}

template <int kFirst>
Implementation rounded() {
  return {"rounded", [](const Problem& problem) { return problem.inputs[1].dtype == DType::f32; },
          prepare_rounded<kFirst>};
}

const ImplementationTable& table() {
  static const ImplementationTable with_rounded = [] {
    ImplementationTable result = cpu_implementations();
    for (const Operator* op : {&ops::kMatmul, &ops::kConv1d, &ops::kConv1dBackwardInput, &ops::kConv1dBackwardFilters,
                               &ops::kDenseActivation, &ops::kConv1dActivation}) {
      result.add(*op, rounded<0>());
    }
    for (const Operator* op : {&ops::kOnehotConv1d, &ops::kOnehotConv1dBackwardFilters, &ops::kOnehotConv1dPool,
                               &ops::kOnehotConv1dPoolBackwardFilters}) {
      result.add(*op, rounded<1>());
    }
    return result;
  }();
  return with_rounded;
}

class RoundingDevice final : public Device {
 public:
  std::string name() const override { return "rounding cpu"; }
  std::string description() const override { return "the CPU with the operands of products rounded"; }
  Allocator& allocator() override { return cpu_->allocator(); }
  std::unique_ptr<Stream> make_stream() override { return cpu_->make_stream(); }
  const ImplementationTable& implementations() const override { return table(); }
  bool memory_is_host() const override { return true; }

 private:
  std::unique_ptr<Device> cpu_ = make_cpu_device(1);
};

}  // namespace

std::unique_ptr<Device> make_rounding_device() { return std::make_unique<RoundingDevice>(); }

ExecutableOptions rounded_in(Precision precision) {
  return {.precision = precision, .implementations = {{"*", "rounded"}}};
}

}  // namespace genocuda

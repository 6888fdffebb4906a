// SPDX-License-Identifier: Apache-2.0
#include "core/ops/lookup.h"

#include "cuda/ops/rows.h"
#include "kernels/lookup.h"
#include "kernels/one_hot.h"

namespace genocuda::cuda {
namespace {

/// The rows of a tensor of places.
const kernels::WindowPlace* windows(const TensorView& places) {
  static_assert(sizeof(kernels::WindowPlace) == 4 * sizeof(std::int64_t));
  return static_cast<const kernels::WindowPlace*>(places.data);
}

struct ExtractDna {
  using Attributes = ops::ExtractDnaAttributes;
  static bool supports(const Problem&) { return true; }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView& places = context.inputs[2];
    kernels::extract_dna(
        kernels::dna_views(context.inputs[0].as<const std::uint32_t>(), context.inputs[1].as<const std::uint32_t>(),
                           windows(places), attributes.length),
        places.shape()[0], context.outputs[0].as<std::uint32_t>(), stream);
  }
};

struct ExtractTracks {
  using Attributes = ops::ExtractTracksAttributes;
  static bool supports(const Problem& problem) { return problem.outputs[0].dtype == DType::f32; }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &values = context.inputs[0], &y = context.outputs[0];
    kernels::extract_tracks({values.as<const float>(), context.inputs[1].as<const std::int32_t>(), values.shape()[1],
                             attributes.positions, attributes.missing},
                            windows(context.inputs[2]), y.shape()[0], y.as<float>(), stream);
  }
};

struct GatherRows {
  using Attributes = ops::GatherRowsAttributes;
  static bool supports(const Problem& problem) { return problem.outputs[0].dtype == DType::f32; }
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    const TensorView &table = context.inputs[0], &rows = context.inputs[1], &y = context.outputs[0];
    const auto gather = [&](const auto* from) {
      kernels::gather_rows(from, rows.as<const std::int64_t>(), rows.elements(), table.shape()[1], y.as<float>(),
                           stream);
    };
    table.type.dtype == DType::u8 ? gather(table.as<const std::uint8_t>()) : gather(table.as<const float>());
  }
};

struct WriteRow {
  using Attributes = NoAttributes;
  static bool supports(const Problem& problem) { return problem.outputs[0].dtype == DType::f32; }
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    const TensorView &table = context.inputs[0], &y = context.outputs[0];
    if (y.data != table.data) context.stream.copy(y.data, table.data, table.type.bytes());
    kernels::write_row(y.as<float>(), y.shape()[0], y.shape()[1], context.inputs[1].as<const std::int32_t>(),
                       context.inputs[2].as<const float>(), stream);
  }
};

}  // namespace

void add_lookup(ImplementationTable& table) {
  table.add(ops::kExtractDna, row<ExtractDna>());
  table.add(ops::kExtractTracks, row<ExtractTracks>());
  table.add(ops::kGatherRows, row<GatherRows>());
  table.add(ops::kWriteRow, row<WriteRow>());
}

}  // namespace genocuda::cuda

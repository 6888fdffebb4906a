// SPDX-License-Identifier: Apache-2.0
#include "core/ops/lookup.h"

#include "core/ops/checks.h"

namespace genocuda {
namespace ops {
namespace {

void require_places(const TensorType& places) {
  require(places.dtype == DType::i64 && places.shape.rank() == 2 && places.shape[1] == 4,
          "places must be i64[batch, 4], not {}", places.to_string());
}

std::vector<TensorType> infer_extract_dna(const std::any& attributes, std::span<const TensorType> inputs) {
  const auto [length] = std::any_cast<const ExtractDnaAttributes&>(attributes);
  const TensorType &codes = inputs[0], &mask = inputs[1], &places = inputs[2];
  require(codes.dtype == DType::i32 && codes.shape.rank() == 1, "codes must be i32[words], not {}", codes.to_string());
  require(mask.dtype == DType::i32 && mask.shape.rank() == 1, "the N mask must be i32[words], not {}",
          mask.to_string());
  require_places(places);
  require(length > 0, "a window must have bases, not {}", length);
  return {{DType::dna, {places.shape[0], length}}};
}

std::vector<TensorType> infer_extract_tracks(const std::any& attributes, std::span<const TensorType> inputs) {
  const std::int64_t positions = std::any_cast<const ExtractTracksAttributes&>(attributes).positions;
  const TensorType &values = inputs[0], &places = inputs[2];
  require_floating(values, "signals");
  require_rank(values, 2, "signals");
  const std::int64_t channels = values.shape[1];
  require(inputs[1] == TensorType{DType::i32, {channels}}, "the other strands of {} must be i32[{}], not {}",
          values.to_string(), channels, inputs[1].to_string());
  require_places(places);
  require(positions > 0, "a window must have positions, not {}", positions);
  return {{values.dtype, {places.shape[0], positions, channels}}};
}

std::vector<TensorType> infer_gather_rows(const std::any& attributes, std::span<const TensorType> inputs) {
  const auto [dtype] = std::any_cast<const GatherRowsAttributes&>(attributes);
  const TensorType &table = inputs[0], &rows = inputs[1];
  require_rank(table, 2, "the table");
  require(is_floating(dtype), "rows must come as floating numbers, not {}", name_of(dtype));
  require(table.dtype == DType::u8 || table.dtype == dtype, "the table must be u8 or {}, not {}", name_of(dtype),
          table.to_string());
  require(rows.dtype == DType::i64 && rows.shape.rank() == 1, "rows must be i64[batch], not {}", rows.to_string());
  return {{dtype, {rows.shape[0], table.shape[1]}}};
}

std::vector<TensorType> infer_write_row(const std::any&, std::span<const TensorType> inputs) {
  const TensorType &table = inputs[0], &row = inputs[2];
  require_floating(table, "the table");
  require_rank(table, 2, "the table");
  require(table.shape[0] > 0, "a table without rows has no place for one: {}", table.to_string());
  require(inputs[1] == TensorType{DType::i32, Shape{}}, "the step must be i32[], not {}", inputs[1].to_string());
  require(row == TensorType{table.dtype, {table.shape[1]}}, "{} is no row of {}", row.to_string(), table.to_string());
  return {table};
}

}  // namespace

constinit const Operator kExtractDna{"extract_dna", infer_extract_dna};
constinit const Operator kExtractTracks{"extract_tracks", infer_extract_tracks};
constinit const Operator kGatherRows{"gather_rows", infer_gather_rows};
constinit const Operator kWriteRow{"write_row", infer_write_row, nullptr, nullptr, first_input_in_place};

}  // namespace ops

Value extract_dna(Value codes, Value mask, Value places, std::int64_t length) {
  return codes.graph().apply_one(ops::kExtractDna, ops::ExtractDnaAttributes{length}, {codes, mask, places});
}

Value extract_tracks(Value values, Value other_strand, Value places, std::int64_t positions, float missing) {
  return values.graph().apply_one(ops::kExtractTracks, ops::ExtractTracksAttributes{positions, missing},
                                  {values, other_strand, places});
}

Value gather_rows(Value table, Value rows, DType dtype) {
  return table.graph().apply_one(ops::kGatherRows, ops::GatherRowsAttributes{dtype}, {table, rows});
}

Value write_row(Value table, Value step, Value row) {
  return table.graph().apply_one(ops::kWriteRow, {}, {table, step, row});
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "core/ops/lookup.h"

#include <algorithm>
#include <limits>

#include "host/reference/reference.h"
#include "host/reference/sequences.h"

namespace genocuda::reference {
namespace {

struct ExtractDna {
  using Attributes = ops::ExtractDnaAttributes;
  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    const auto* codes = context.inputs[0].as<const std::uint32_t>();
    const auto* mask = context.inputs[1].as<const std::uint32_t>();
    const auto* place = context.inputs[2].as<const std::int64_t>();
    const Sequences windows(context.outputs[0]);
    std::fill_n(windows.words, windows.batch * dna::row_words(windows.length), 0u);
    for (std::int64_t b = 0; b < windows.batch; ++b, place += 4) {
      const std::int64_t start = place[0], begin = place[1], end = place[2];
      const bool reverse = place[3] != 0;
      for (std::int64_t i = 0; i < windows.length; ++i) {
        const std::int64_t at = start + i;
        const bool known = at >= begin && at < end && (mask[at / 32] >> (at % 32) & 1u) == 0;
        const auto code =
            known ? static_cast<std::uint8_t>(codes[at / 16] >> (2 * (at % 16)) & 3u) : std::uint8_t{dna::kUnknown};
        dna::set(windows.row(b), windows.length, reverse ? windows.length - 1 - i : i,
                 reverse ? dna::complement(code) : code);
      }
    }
  }
};

struct ExtractTracks {
  using Attributes = ops::ExtractTracksAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const T* values = context.inputs[0].as<const T>();
    const auto* other_strand = context.inputs[1].as<const std::int32_t>();
    const auto* place = context.inputs[2].as<const std::int64_t>();
    const Shape& shape = context.outputs[0].shape();
    const std::int64_t positions = shape[1], channels = shape[2];
    T* y = context.outputs[0].as<T>();
    for (std::int64_t b = 0; b < shape[0]; ++b, place += 4) {
      const std::int64_t start = place[0], begin = place[1], end = place[2];
      const bool reverse = place[3] != 0;
      for (std::int64_t i = 0; i < positions; ++i, y += channels) {
        const std::int64_t at = start + (reverse ? positions - 1 - i : i);
        if (at < begin || at >= end) {
          std::fill_n(y, channels, static_cast<T>(attributes.missing));
          continue;
        }
        for (std::int64_t c = 0; c < channels; ++c) y[c] = values[at * channels + (reverse ? other_strand[c] : c)];
      }
    }
  }
};

struct GatherRows {
  using Attributes = ops::GatherRowsAttributes;
  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    const TensorView &table = context.inputs[0], &rows = context.inputs[1];
    constexpr T kMissing = std::numeric_limits<T>::quiet_NaN();
    const std::int64_t columns = table.shape()[1];
    T* y = context.outputs[0].as<T>();
    for (std::int64_t b = 0; b < rows.elements(); ++b, y += columns) {
      const std::int64_t row = rows.as<const std::int64_t>()[b];
      for (std::int64_t c = 0; c < columns; ++c) {
        if (row < 0) {
          y[c] = kMissing;
        } else if (table.type.dtype == DType::u8) {
          const std::uint8_t byte = table.as<const std::uint8_t>()[row * columns + c];
          y[c] = byte == kMissingByte ? kMissing : static_cast<T>(byte);
        } else {
          y[c] = table.as<const T>()[row * columns + c];
        }
      }
    }
  }
};

struct WriteRow {
  using Attributes = NoAttributes;
  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    const TensorView &table = context.inputs[0], &row = context.inputs[2], &y = context.outputs[0];
    if (y.data != table.data) std::copy_n(table.as<const T>(), table.elements(), y.as<T>());
    const std::int64_t step = *context.inputs[1].as<const std::int32_t>();
    const std::int64_t place = (step - 1) % table.shape()[0];
    std::copy_n(row.as<const T>(), row.elements(), y.as<T>() + place * row.elements());
  }
};

}  // namespace

void add_lookup(ImplementationTable& table) {
  table.add(ops::kExtractDna, implementation<ExtractDna>());
  table.add(ops::kExtractTracks, implementation<ExtractTracks>());
  table.add(ops::kGatherRows, implementation<GatherRows>());
  table.add(ops::kWriteRow, implementation<WriteRow>());
}

}  // namespace genocuda::reference

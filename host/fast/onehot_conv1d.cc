// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "core/dna.h"
#include "core/ops/one_hot.h"
#include "host/fast/kernels/kernels.h"
#include "host/fast/parallel.h"
#include "host/fast/rows.h"

namespace genocuda::fast {
namespace {

/// Rows of a tap in the table of filters: the four bases, the unknown base, and padding.
constexpr std::int64_t kTableRows = dna::kBases + 2;
constexpr std::int64_t kPaddingRow = dna::kBases + 1;

/// Positions whose rows are looked up at a time; they lie on the stack.
constexpr std::int64_t kLookahead = 4096;
/// Output positions of a segment at most, so that a batch of few long sequences still feeds all threads.
constexpr std::int64_t kSegment = 1024;
/// Parts of the filter gradient that are summed on their own; a number that does not depend on the threads.
constexpr std::int64_t kParts = 16;

struct Geometry {
  SlidingWindow window;
  UnknownBase unknown;
  std::int64_t batch, length, out_length, channels;
  std::int64_t row_size;  ///< floats of a row of the table
  std::int64_t tap_size;  ///< floats of a tap
  std::int64_t segment_length, segments;

  /// `y`: the convolution's result or its gradient.
  Geometry(const Problem& problem, const Shape& y)
      : window(problem.attribute<ops::OnehotConv1dAttributes>().window),
        unknown(problem.attribute<ops::OnehotConv1dAttributes>().unknown),
        batch(y[0]),
        length(problem.inputs[0].shape[1]),
        out_length(y[1]),
        channels(y[2]),
        row_size(ceil_divide(channels, kRowPadding) * kRowPadding),
        tap_size(kTableRows * row_size),
        segment_length(std::clamp<std::int64_t>((kLookahead - window.span()) / window.stride + 1, 1, kSegment)),
        segments(ceil_divide(out_length, segment_length)) {}

  std::int64_t table_size() const { return window.width * tap_size; }
  std::int64_t units() const { return batch * segments; }

  /// Calls visit(first output row of the unit, positions, rows of the table) for the segments [begin, end) of the
  /// batch.
  template <typename Visit>
  void for_units(const std::uint32_t* sequences, std::int64_t begin, std::int64_t end, const Visit& visit) const {
    std::array<std::uint32_t, kLookahead> rows;
    for (std::int64_t unit = begin; unit < end; ++unit) {
      const std::int64_t b = unit / segments, first = unit % segments * segment_length;
      const std::int64_t positions = std::min(segment_length, out_length - first);
      const std::uint32_t* sequence = sequences + b * dna::row_words(length);
      const std::int64_t start = first * window.stride - window.pad_left;
      const std::int64_t count = (positions - 1) * window.stride + window.span();
      for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t position = start + i;
        const bool inside = position >= 0 && position < length;
        rows[i] = static_cast<std::uint32_t>((inside ? dna::get(sequence, length, position) : kPaddingRow) * row_size);
      }
      visit(b * out_length + first, positions, rows.data());
    }
  }
};

bool supports(const Problem& problem) {
  return is_plain_float(problem) && problem.attribute<ops::OnehotConv1dAttributes>().window.span() <= kLookahead / 2;
}

void fill_table(const Geometry& geometry, const float* filters, float* table) {
  const std::int64_t channels = geometry.channels, row_size = geometry.row_size;
  for (std::int64_t k = 0; k < geometry.window.width; ++k) {
    const float* from = filters + k * dna::kBases * channels;
    float* tap = table + k * geometry.tap_size;
    std::fill_n(tap, geometry.tap_size, 0.0f);
    for (int base = 0; base < dna::kBases; ++base) {
      std::copy_n(from + base * channels, channels, tap + base * row_size);
    }
    if (geometry.unknown != UnknownBase::quarters) continue;
    float* unknown = tap + dna::kUnknown * row_size;
    for (std::int64_t c = 0; c < channels; ++c) {
      for (int base = 0; base < dna::kBases; ++base) unknown[c] += 0.25f * from[base * channels + c];
    }
  }
}

Prepared prepare_forward(const Problem& problem) {
  const Geometry geometry(problem, problem.outputs[0].shape);
  return {[geometry](const RunContext& context) {
            const std::uint32_t* sequences = context.inputs[0].as<std::uint32_t>();
            float *y = context.outputs[0].as<float>(), *table = static_cast<float*>(context.scratch);
            fill_table(geometry, context.inputs[1].as<float>(), table);
            const SlidingWindow& window = geometry.window;
            const std::int64_t cost = geometry.segment_length * geometry.row_size;
            parallel_ranges(geometry.units(), kGrain / cost, [&](std::int64_t begin, std::int64_t end) {
              geometry.for_units(
                  sequences, begin, end, [&](std::int64_t row, std::int64_t positions, const auto* rows) {
                    kernels().gather_conv(table, geometry.tap_size, rows, positions, window.width, window.stride,
                                          window.dilation, geometry.channels, y + row * geometry.channels);
                  });
            });
          },
          static_cast<std::size_t>(geometry.table_size()) * sizeof(float)};
}

Prepared prepare_backward(const Problem& problem) {
  const Geometry geometry(problem, problem.inputs[1].shape);
  const std::int64_t parts = std::min(kParts, geometry.units());
  return {[geometry, parts](const RunContext& context) {
            const std::uint32_t* sequences = context.inputs[0].as<std::uint32_t>();
            const float* dy = context.inputs[1].as<float>();
            float *dfilters = context.outputs[0].as<float>(), *tables = static_cast<float*>(context.scratch);
            const SlidingWindow& window = geometry.window;
            const std::int64_t channels = geometry.channels, size = geometry.table_size();
            host::parallel_for(parts, [&](std::int64_t part) {
              float* table = tables + part * size;
              std::fill_n(table, size, 0.0f);
              geometry.for_units(sequences, geometry.units() * part / parts, geometry.units() * (part + 1) / parts,
                                 [&](std::int64_t row, std::int64_t positions, const auto* rows) {
                                   kernels().scatter_conv(dy + row * channels, rows, positions, window.width,
                                                          window.stride, window.dilation, channels, geometry.tap_size,
                                                          table);
                                 });
            });
            const double share = geometry.unknown == UnknownBase::quarters ? 0.25 : 0;
            parallel_ranges(window.width * dna::kBases, kGrain / (parts * channels),
                            [&](std::int64_t begin, std::int64_t end) {
                              for (std::int64_t row = begin; row < end; ++row) {
                                const float* tap = tables + row / dna::kBases * geometry.tap_size;
                                for (std::int64_t c = 0; c < channels; ++c) {
                                  double total = 0;
                                  for (std::int64_t part = 0; part < parts; ++part) {
                                    const float* from = tap + part * size + c;
                                    total += from[row % dna::kBases * geometry.row_size];
                                    if (share > 0) total += share * from[dna::kUnknown * geometry.row_size];
                                  }
                                  dfilters[row * channels + c] = static_cast<float>(total);
                                }
                              }
                            });
          },
          static_cast<std::size_t>(parts * geometry.table_size()) * sizeof(float)};
}

}  // namespace

void add_onehot_conv1d(ImplementationTable& table) {
  table.add(ops::kOnehotConv1d, {"direct", supports, prepare_forward});
  table.add(ops::kOnehotConv1dBackwardFilters, {"direct", supports, prepare_backward});
}

}  // namespace genocuda::fast

// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "core/dna.h"
#include "core/ops/one_hot.h"
#include "host/fast/kernels/kernels.h"
#include "host/fast/parallel.h"
#include "host/fast/rows.h"
#include "host/fast/tap_words.h"

namespace genocuda::fast {
namespace {

/// Numbers of the result that are finished for all filters before the next ones are begun: they stay in the
/// second-level cache.
constexpr std::int64_t kStrip = 16384;
/// A result of more bytes leaves the caches before it is needed again, so that it is written past them.
constexpr std::int64_t kCached = 32 << 20;
/// Parts of the filter gradient that are summed on their own at most, and the positions that are worth a part, which
/// has tables to clear and to fold. Neither depends on the threads.
constexpr std::int64_t kParts = 16, kPartPositions = 2048;

/// Columns of the filters that share tables.
struct Block {
  std::int64_t first, columns, row_size;
};

/// Strips of output positions by blocks of columns.
struct Layer {
  TapWords words;
  std::int64_t batch, length, out_length, channels;
  std::int64_t row_size;        ///< channels with their padding
  std::int64_t word_positions;  ///< of a sequence
  std::int64_t strip_length;
  std::int64_t strips_each;  ///< of a sequence

  /// `y`: the convolution's result or its gradient.
  Layer(const Problem& problem, const Shape& y)
      : words(problem.attribute<ops::OnehotConv1dAttributes>().window,
              problem.attribute<ops::OnehotConv1dAttributes>().unknown, y[1]),
        batch(y[0]),
        length(problem.inputs[0].shape[1]),
        out_length(y[1]),
        channels(y[2]),
        row_size(ceil_divide(channels, kRowPadding) * kRowPadding),
        word_positions(words.positions(out_length)),
        strip_length(std::clamp<std::int64_t>(kStrip / channels, 1, out_length)),
        strips_each(ceil_divide(out_length, strip_length)) {}

  std::int64_t blocks() const { return ceil_divide(channels, TapWords::kColumns); }
  Block block(std::int64_t i) const {
    const std::int64_t first = i * TapWords::kColumns;
    return {first, std::min(TapWords::kColumns, channels - first), std::min(TapWords::kColumns, row_size - first)};
  }
  /// Where the tables of a block are, when those of all blocks are there.
  std::int64_t tables_before(const Block& block) const { return block.first * words.table_rows(); }

  std::int64_t strips() const { return batch * strips_each; }
  std::int64_t positions(std::int64_t strip) const {
    return std::min(strip_length, out_length - strip % strips_each * strip_length);
  }
  /// Rows of y before a strip.
  std::int64_t rows_before(std::int64_t strip) const {
    return strip / strips_each * out_length + strip % strips_each * strip_length;
  }

  std::size_t words_bytes() const { return static_cast<std::size_t>(batch * word_positions); }
  void read(const std::uint32_t* sequences, std::uint8_t* to) const {
    parallel_ranges(batch, kGrain / word_positions, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t b = begin; b < end; ++b) {
        words.read(sequences + b * dna::row_words(length), length, out_length, to + b * word_positions);
      }
    });
  }
  WordLookup lookup(std::int64_t strip, const Block& block, const std::uint8_t* of_batch) const {
    const std::int64_t first = strip % strips_each * strip_length * words.window.stride;
    return {.words = of_batch + strip / strips_each * word_positions + first,
            .positions = positions(strip),
            .stride = words.window.stride,
            .tables = words.words,
            .step = words.step(),
            .table_size = words.rows * block.row_size,
            .row_size = block.row_size,
            .columns = block.columns,
            .channels = channels};
  }
};

void fill_tables(const Layer& layer, const float* filters, float* tables) {
  const std::int64_t size = layer.words.table_rows() * TapWords::kColumns;
  parallel_ranges(layer.blocks(), kGrain / size, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const Block block = layer.block(i);
      layer.words.fill(filters + block.first, block.columns, layer.channels, block.row_size,
                       tables + layer.tables_before(block));
    }
  });
}

Prepared prepare_forward(const Problem& problem) {
  const Layer layer(problem, problem.outputs[0].shape);
  const std::int64_t tables_size = layer.words.table_rows() * layer.row_size;
  const bool streams =
      static_cast<std::int64_t>(problem.outputs[0].bytes()) > kCached && layer.strip_length * layer.channels <= kStrip;
  return {[=](const RunContext& context) {
            float *y = context.outputs[0].as<float>(), *tables = static_cast<float*>(context.scratch);
            auto* words = reinterpret_cast<std::uint8_t*>(tables + tables_size);
            layer.read(context.inputs[0].as<std::uint32_t>(), words);
            fill_tables(layer, context.inputs[1].as<float>(), tables);
            const auto compute = [&](std::int64_t strip, float* to) {
              for (std::int64_t i = 0; i < layer.blocks(); ++i) {
                const Block block = layer.block(i);
                kernels().gather_conv(layer.lookup(strip, block, words), tables + layer.tables_before(block),
                                      to + block.first);
              }
            };
            const std::int64_t grain = kGrain / (layer.strip_length * layer.channels);
            parallel_ranges(layer.strips(), grain, [&](std::int64_t begin, std::int64_t end) {
              alignas(64) std::array<float, kStrip> finished;
              for (std::int64_t strip = begin; strip < end; ++strip) {
                float* to = y + layer.rows_before(strip) * layer.channels;
                compute(strip, streams ? finished.data() : to);
                if (streams) kernels().stream(finished.data(), to, layer.positions(strip) * layer.channels);
              }
            });
          },
          static_cast<std::size_t>(tables_size) * sizeof(float) + layer.words_bytes()};
}

/// dfilters [rows, channels] from those of the parts, [parts, rows, row_size].
void add_parts(const Layer& layer, std::int64_t parts, const float* gradients, float* dfilters) {
  const std::int64_t rows = layer.words.window.width * dna::kBases;
  parallel_ranges(rows, kGrain / (parts * layer.channels), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      for (std::int64_t i = 0; i < layer.blocks(); ++i) {
        const Block block = layer.block(i);
        std::array<double, TapWords::kColumns> totals{};
        for (std::int64_t part = 0; part < parts; ++part) {
          const float* from = gradients + (part * rows + row) * layer.row_size + block.first;
          for (std::int64_t c = 0; c < block.columns; ++c) totals[c] += from[c];
        }
        float* to = dfilters + row * layer.channels + block.first;
        for (std::int64_t c = 0; c < block.columns; ++c) to[c] = static_cast<float>(totals[c]);
      }
    }
  });
}

Prepared prepare_backward(const Problem& problem) {
  const Layer layer(problem, problem.inputs[1].shape);
  const std::int64_t parts =
      std::clamp<std::int64_t>(layer.batch * layer.out_length / kPartPositions, 1, std::min(kParts, layer.strips()));
  const std::int64_t tables_size = layer.words.table_rows() * std::min(TapWords::kColumns, layer.row_size);
  const std::int64_t gradients_size = layer.words.window.width * dna::kBases * layer.row_size;
  return {[=](const RunContext& context) {
            const float* dy = context.inputs[1].as<float>();
            float* tables = static_cast<float*>(context.scratch);
            float* gradients = tables + parts * tables_size;
            auto* words = reinterpret_cast<std::uint8_t*>(gradients + parts * gradients_size);
            layer.read(context.inputs[0].as<std::uint32_t>(), words);
            host::parallel_for(parts, [&](std::int64_t part) {
              float* sums = tables + part * tables_size;
              const std::int64_t begin = layer.strips() * part / parts, end = layer.strips() * (part + 1) / parts;
              for (std::int64_t i = 0; i < layer.blocks(); ++i) {
                const Block block = layer.block(i);
                std::fill_n(sums, layer.words.table_rows() * block.row_size, 0.0f);
                for (std::int64_t strip = begin; strip < end; ++strip) {
                  kernels().scatter_conv(layer.lookup(strip, block, words),
                                         dy + layer.rows_before(strip) * layer.channels + block.first, sums);
                }
                layer.words.fold(sums, block.row_size, layer.row_size, gradients + part * gradients_size + block.first);
              }
            });
            add_parts(layer, parts, gradients, context.outputs[0].as<float>());
          },
          static_cast<std::size_t>(parts * (tables_size + gradients_size)) * sizeof(float) + layer.words_bytes()};
}

}  // namespace

void add_onehot_conv1d(ImplementationTable& table) {
  table.add(ops::kOnehotConv1d, {"direct", is_plain_float, prepare_forward});
  table.add(ops::kOnehotConv1dBackwardFilters, {"direct", is_plain_float, prepare_backward});
}

}  // namespace genocuda::fast

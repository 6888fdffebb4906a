// SPDX-License-Identifier: Apache-2.0
#include "core/ops/one_hot.h"

#include <algorithm>
#include <cstdint>

#include "core/dna.h"
#include "host/reference/reference.h"
#include "host/reference/sequences.h"
#include "host/reference/taps.h"

namespace genocuda::reference {
namespace {

struct OneHot {
  using Attributes = ops::OneHotAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Sequences dna(context.inputs[0]);
    const Encoding<T> numbers = encoding<T>(attributes.unknown);
    T* y = context.outputs[0].as<T>();
    for (std::int64_t b = 0; b < dna.batch; ++b) {
      for (std::int64_t i = 0; i < dna.length; ++i) y = std::ranges::copy(numbers[dna.code(b, i)], y).out;
    }
  }
};

struct BothStrands {
  using Attributes = NoAttributes;
  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    const Sequences dna(context.inputs[0]), strands(context.outputs[0]);
    std::fill_n(strands.words, strands.batch * dna::row_words(strands.length), 0u);
    for (std::int64_t b = 0; b < dna.batch; ++b) {
      for (std::int64_t i = 0; i < dna.length; ++i) {
        const std::uint8_t code = dna.code(b, i);
        dna::set(strands.row(2 * b), dna.length, i, code);
        dna::set(strands.row(2 * b + 1), dna.length, dna.length - 1 - i, dna::complement(code));
      }
    }
  }
};

struct OnehotConv1d {
  using Attributes = ops::OnehotConv1dAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Sequences dna(context.inputs[0]);
    const Encoding<T> numbers = encoding<T>(attributes.unknown);
    const std::int64_t out_length = context.outputs[0].shape()[1], out = context.outputs[0].shape()[2];
    const T* filters = context.inputs[1].as<T>();
    T* y = context.outputs[0].as<T>();
    std::fill_n(y, context.outputs[0].elements(), T{0});
    for (std::int64_t b = 0; b < dna.batch; ++b) {
      for_each_tap(attributes.window, dna.length, out_length, [&](std::int64_t o, std::int64_t k, std::int64_t i) {
        const auto& x = numbers[dna.code(b, i)];
        for (int base = 0; base < dna::kBases; ++base) {
          if (x[base] == 0) continue;
          for (std::int64_t f = 0; f < out; ++f) {
            y[(b * out_length + o) * out + f] += x[base] * filters[(k * dna::kBases + base) * out + f];
          }
        }
      });
    }
  }
};

struct OnehotConv1dBackwardFilters {
  using Attributes = ops::OnehotConv1dAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Sequences dna(context.inputs[0]);
    const Encoding<T> numbers = encoding<T>(attributes.unknown);
    const std::int64_t out_length = context.inputs[1].shape()[1], out = context.inputs[1].shape()[2];
    const T* dy = context.inputs[1].as<T>();
    T* dfilters = context.outputs[0].as<T>();
    std::fill_n(dfilters, context.outputs[0].elements(), T{0});
    for (std::int64_t b = 0; b < dna.batch; ++b) {
      for_each_tap(attributes.window, dna.length, out_length, [&](std::int64_t o, std::int64_t k, std::int64_t i) {
        const auto& x = numbers[dna.code(b, i)];
        for (int base = 0; base < dna::kBases; ++base) {
          if (x[base] == 0) continue;
          for (std::int64_t f = 0; f < out; ++f) {
            dfilters[(k * dna::kBases + base) * out + f] += x[base] * dy[(b * out_length + o) * out + f];
          }
        }
      });
    }
  }
};

}  // namespace

void add_one_hot(ImplementationTable& table) {
  table.add(ops::kOneHot, implementation<OneHot>());
  table.add(ops::kBothStrands, implementation<BothStrands>());
  table.add(ops::kOnehotConv1d, implementation<OnehotConv1d>());
  table.add(ops::kOnehotConv1dBackwardFilters, implementation<OnehotConv1dBackwardFilters>());
}

}  // namespace genocuda::reference

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "core/dna.h"
#include "core/implementation.h"
#include "core/ops/one_hot.h"

namespace genocuda::reference {

/// Sequences of a tensor dna [batch, length].
struct Sequences {
  std::int64_t batch, length;
  std::uint32_t* words;

  explicit Sequences(const TensorView& view)
      : batch(view.shape()[0]), length(view.shape()[1]), words(view.as<std::uint32_t>()) {}
  std::uint32_t* row(std::int64_t b) const { return words + b * dna::row_words(length); }
  std::uint8_t code(std::int64_t b, std::int64_t position) const { return dna::get(row(b), length, position); }
};

/// A base as four numbers, by its code.
template <typename T>
using Encoding = std::array<std::array<T, dna::kBases>, dna::kBases + 1>;

template <typename T>
Encoding<T> encoding(UnknownBase unknown) {
  Encoding<T> numbers{};
  for (int base = 0; base < dna::kBases; ++base) numbers[base][base] = 1;
  if (unknown == UnknownBase::quarters) numbers[dna::kUnknown].fill(T{0.25});
  return numbers;
}

}  // namespace genocuda::reference

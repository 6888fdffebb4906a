// SPDX-License-Identifier: Apache-2.0
#include "core/ops/arithmetic.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "host/reference/reference.h"

namespace genocuda::reference {
namespace {

struct Add {
  using Attributes = NoAttributes;
  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    const T *a = context.inputs[0].as<T>(), *b = context.inputs[1].as<T>();
    T* y = context.outputs[0].as<T>();
    for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i) y[i] = a[i] + b[i];
  }
};

struct Subtract {
  using Attributes = NoAttributes;
  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    const T *a = context.inputs[0].as<T>(), *b = context.inputs[1].as<T>();
    T* y = context.outputs[0].as<T>();
    for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i) y[i] = a[i] - b[i];
  }
};

struct Multiply {
  using Attributes = NoAttributes;
  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    const T *a = context.inputs[0].as<T>(), *b = context.inputs[1].as<T>();
    T* y = context.outputs[0].as<T>();
    for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i) y[i] = a[i] * b[i];
  }
};

struct Scale {
  using Attributes = ops::ScaleAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const T* x = context.inputs[0].as<T>();
    T* y = context.outputs[0].as<T>();
    const T factor = static_cast<T>(attributes.factor), offset = static_cast<T>(attributes.offset);
    for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i) y[i] = factor * x[i] + offset;
  }
};

/// A bf16 is the upper half of a float.
struct Bf16 {
  std::uint16_t bits;

  Bf16() = default;
  explicit Bf16(double value) {
    const auto wide = static_cast<float>(value);
    const auto word = std::bit_cast<std::uint32_t>(wide);
    // Rounds to nearest, ties to even; a NaN stays one though its payload may be in the lower half alone.
    bits = std::isnan(wide) ? static_cast<std::uint16_t>(word >> 16 | 0x40)
                            : static_cast<std::uint16_t>((word + 0x7fff + (word >> 16 & 1)) >> 16);
  }
  explicit operator double() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }
};

template <typename From, typename To>
void cast_elements(const RunContext& context) {
  const From* x = context.inputs[0].as<From>();
  To* y = context.outputs[0].as<To>();
  for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i) y[i] = static_cast<To>(static_cast<double>(x[i]));
}

using CastFunction = void (*)(const RunContext&);

template <typename From>
CastFunction cast_from(DType to) {
  return to == DType::f64   ? cast_elements<From, double>
         : to == DType::f32 ? cast_elements<From, float>
                            : cast_elements<From, Bf16>;
}

Prepared prepare_cast(const Problem& problem) {
  const DType from = problem.inputs[0].dtype, to = problem.outputs[0].dtype;
  return {from == DType::f64 ? cast_from<double>(to) : from == DType::f32 ? cast_from<float>(to) : cast_from<Bf16>(to)};
}

}  // namespace

void add_arithmetic(ImplementationTable& table) {
  table.add(ops::kAdd, implementation<Add>());
  table.add(ops::kSubtract, implementation<Subtract>());
  table.add(ops::kMultiply, implementation<Multiply>());
  table.add(ops::kScale, implementation<Scale>());
  // The one operator between two floating types, so no kernel over a single one.
  table.add(ops::kCast, {"reference", [](const Problem&) { return true; }, prepare_cast});
}

}  // namespace genocuda::reference

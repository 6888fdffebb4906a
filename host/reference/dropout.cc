// SPDX-License-Identifier: Apache-2.0
#include "core/ops/dropout.h"

#include "core/philox.h"
#include "host/reference/reference.h"

namespace genocuda::reference {
namespace {

struct Dropout {
  using Attributes = ops::DropoutAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const T* x = context.inputs[0].as<const T>();
    const auto step = static_cast<std::uint32_t>(*context.inputs[1].as<const std::int32_t>());
    const std::uint64_t stream = static_cast<std::uint64_t>(attributes.layer) << 32 | step;
    T* y = context.outputs[0].as<T>();
    const std::int64_t elements = context.outputs[0].elements();
    for (std::int64_t i = 0; i < elements; ++i) {
      const double drawn = philox::uniform(attributes.seed, stream, static_cast<std::uint64_t>(i));
      y[i] = drawn < attributes.rate ? T{0} : static_cast<T>(x[i] / (1 - attributes.rate));
    }
  }
};

}  // namespace

void add_dropout(ImplementationTable& table) { table.add(ops::kDropout, implementation<Dropout>()); }

}  // namespace genocuda::reference

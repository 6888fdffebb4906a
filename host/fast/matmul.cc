// SPDX-License-Identifier: Apache-2.0
#include "core/ops/matmul.h"

#include "host/fast/onednn.h"
#include "host/fast/rows.h"

namespace genocuda::fast {

#ifdef GENOCUDA_HAVE_ONEDNN

namespace {

Prepared prepare(const Problem& problem) {
  const auto& [transpose_a, transpose_b] = problem.attribute<ops::MatmulAttributes>();
  const Shape &a = problem.inputs[0].shape, &result = problem.outputs[0].shape;
  const OnednnMatmul matmul(MatmulShape{.m = result[0],
                                        .k = a[transpose_a ? 0 : 1],
                                        .n = result[1],
                                        .transpose_a = transpose_a,
                                        .transpose_b = transpose_b});
  return {[matmul](const RunContext& context) {
            matmul.run(context.inputs[0].as<float>(), context.inputs[1].as<float>(), context.outputs[0].as<float>(),
                       context.scratch);
          },
          matmul.scratch_bytes()};
}

}  // namespace

void add_matmul(ImplementationTable& table) { table.add(ops::kMatmul, {"onednn", is_plain_float, prepare}); }

#else

void add_matmul(ImplementationTable&) {}

#endif

}  // namespace genocuda::fast

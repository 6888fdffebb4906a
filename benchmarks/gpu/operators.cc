// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include "benchmarks/gpu/rows.h"
#include "benchmarks/gpu/subject.h"

namespace genocuda::bench {
namespace {

// Rows that a stricter mode of the same storage has, too, are timed in that one.
constexpr Mode kModes[] = {{DType::bf16, Precision::bf16},
                           {DType::f32, Precision::fp32},
                           {DType::f32, Precision::tf32},
                           {DType::f32, Precision::bf16}};

bool stricter_mode_has(const Implementation& implementation, const Problem& problem) {
  for (const Precision stricter : {Precision::fp32, Precision::tf32}) {
    if (stricter >= problem.precision) break;
    Problem other = problem;
    other.precision = stricter;
    if (problem.inputs[0].dtype != DType::bf16 && implementation.supports(other)) return true;
  }
  return false;
}

struct Rows {
  Device& device;
  const Options& options;
  int left_out = 0, failed = 0;

  /// One row for each implementation of an operator in a mode.
  void time(const nlohmann::ordered_json& about, const LayerOperator& subject, const Mode& mode) {
    const Problem problem{*subject.op, subject.attributes, subject.inputs, subject.outputs, mode.precision, &device};
    std::unique_ptr<Operands> operands;
    for (const Implementation& each : device.implementations().candidates(*subject.op)) {
      if (!each.supports(problem) || (mode.storage != DType::bf16 && stricter_mode_has(each, problem))) continue;
      if (options.time_is_up()) {
        ++left_out;
        continue;
      }
      nlohmann::ordered_json row = about;
      row["operator"] = subject.name;
      row["implementation"] = each.name;
      row["precision"] = name_of(mode.precision);
      row["storage"] = name_of(mode.storage);
      failed += !attempt(row, [&] {
        if (operands == nullptr) operands = std::make_unique<Operands>(device, subject, options.cached_bytes);
        const Prepared prepared = each.prepare(problem);
        const Buffer scratch(device, prepared.scratch_bytes);
        print(row,
              measure(operands->stream(), options.effort, [&](int i) { operands->run(i, prepared, scratch.data()); }),
              floor_of(problem));
      });
    }
  }
};

}  // namespace

int time_operators(Device& device, const Options& options) {
  Rows rows{device, options};
  for (const std::int64_t batch : options.batches) {
    for (const Layer& layer : layers()) {
      for (const Mode& mode : kModes) {
        for (const LayerOperator& subject : operators_of(options.tiny ? layer.shrunk() : layer, batch, mode.storage)) {
          if (subject.parameters_alone && batch != options.batches.front()) continue;
          rows.time({{"kind", "operator"}, {"layer", layer.name}, {"batch", batch}}, subject, mode);
        }
      }
    }
  }
  if (rows.left_out > 0) print({{"kind", "left_out"}, {"of", "operators"}, {"rows", rows.left_out}});
  return rows.failed;
}

int time_ceilings(Device& device, const Options& options) {
  const std::size_t bytes = options.tiny ? std::size_t{1} << 16 : std::size_t{1} << 30;
  const nlohmann::ordered_json copy{{"kind", "copy"}};
  int failed = !attempt(copy, [&] {
    const Buffer from(device, bytes), to(device, bytes);
    const std::unique_ptr<Stream> stream = device.make_stream();
    std::mt19937 random(7);
    fill_random(*stream, {{DType::f32, {static_cast<std::int64_t>(bytes) / 4}}, from.data()}, random);
    print(copy, measure(*stream, options.effort, [&](int) { stream->copy(to.data(), from.data(), bytes); }),
          {.bytes = 2.0 * static_cast<double>(bytes)});
  });
  Rows rows{device, options};
  for (const Mode& mode : kModes) {
    rows.time({{"kind", "product"}}, square_product(options.tiny ? 64 : 8192, mode.storage), mode);
  }
  return failed + rows.failed;
}

}  // namespace genocuda::bench

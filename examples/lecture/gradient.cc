// SPDX-License-Identifier: Apache-2.0
// e = (a + b)(b + 1) and its derivatives in both modes, as docs/lecture.md shows it.
#include <iostream>
#include <memory>

#include "core/differentiate.h"
#include "core/executable.h"
#include "core/ops/arithmetic.h"
#include "host/cpu_device.h"

int main() {
  using namespace genocuda;
  const TensorType scalar{DType::f64, {}};
  Graph graph;
  const Value a = graph.input("a", scalar);
  const Value b = graph.input("b", scalar);
  const Value e = (a + b) * (b + 1);
  graph.output("e", e);
  const Value inputs[] = {a, b};
  const Derivatives reverse = gradient(e, inputs);  // one walk back for both inputs
  graph.output("de/da", reverse.values[0]);
  graph.output("de/db", reverse.values[1]);
  const Seed along_b[] = {{b, graph.constant(1, scalar)}};
  graph.output("de/db forward", tangent({&e, 1}, along_b).values[0]);  // one walk an input

  const std::unique_ptr<Device> device = make_cpu_device(1);
  VariableStore variables(*device);
  Executable executable(graph, variables);
  executable.write<double>("a", std::vector<double>{2});
  executable.write<double>("b", std::vector<double>{1});
  executable.run();
  for (const auto& [name, id] : graph.outputs()) std::cout << name << " = " << executable.read<double>(name)[0] << '\n';
}

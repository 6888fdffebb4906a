// SPDX-License-Identifier: Apache-2.0
#include "tests/ops/case_program.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/differentiate.h"
#include "core/implementation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/reduction.h"

namespace genocuda::op_test {
namespace {

/// For each node of the graph that computes something, the implementations of the device that support it.
std::vector<std::set<std::string>> usable_implementations(const Graph& graph, const Device& device,
                                                          Precision precision) {
  std::vector<std::set<std::string>> usable;
  for (int id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    if (is_leaf(node) || node.op->view) continue;
    std::vector<TensorType> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(graph.type(input));
    const Problem problem{*node.op, node.attributes, inputs, node.outputs, precision};
    std::set<std::string>& names = usable.emplace_back();
    for (const Implementation& candidate : device.implementations().candidates(*node.op)) {
      if (candidate.supports(problem)) names.emplace(candidate.name);
    }
  }
  return usable;
}

}  // namespace

CaseProgram::CaseProgram(const OperatorCase& operator_case, Device& device, const Options& options)
    : variables_(device) {
  build(operator_case, options);
  std::set<std::string> names;
  for (const auto& usable : usable_implementations(graph_, device, options.precision)) names.merge(std::set(usable));
  implementations_.assign(names.begin(), names.end());
  ExecutableOptions executable_options{.precision = options.precision, .check_memory = true};
  if (!options.implementation.empty()) executable_options.implementations["*"] = options.implementation;
  executable_ = std::make_unique<Executable>(graph_, variables_, executable_options);
  for (const auto& [name, tensor] : inputs_) executable_->write(name, std::span<const std::byte>(to_bytes(tensor)));
}

bool CaseProgram::supported(const OperatorCase& operator_case, Device& device, DType dtype, Precision precision) {
  CaseProgram program(device);
  program.build(operator_case, {.dtype = dtype});
  return std::ranges::none_of(usable_implementations(program.graph_, device, precision),
                              [](const auto& usable) { return usable.empty(); });
}

void CaseProgram::build(const OperatorCase& operator_case, const Options& options) {
  data_ = options.data;
  std::map<std::string, Value, std::less<>> named;
  for (const CaseInput& input : operator_case.inputs) {
    named[input.name] = add_input(input.name, make_data(operator_case, input, options.dtype));
  }
  const CaseValues values(options.dtype, std::move(named));
  const std::vector<Value> outputs = operator_case.build(values);
  std::vector<Value> floating;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string name = fmt::format("y{}", i);
    add_output(name, outputs[i]);
    if (!is_floating(outputs[i].dtype())) continue;
    floating.push_back(outputs[i]);
    floating_outputs_.push_back(name);
  }
  if (options.derivatives && operator_case.differentiate) differentiate(operator_case, values, floating);
}

void CaseProgram::differentiate(const OperatorCase& operator_case, const CaseValues& values,
                                const std::vector<Value>& outputs) {
  std::vector<Value> wrt;
  std::vector<Seed> seeds;
  for (const CaseInput& input : operator_case.inputs) {
    if (!input.differentiable) continue;
    differentiated_.push_back(input.name);
    wrt.push_back(values[input.name]);
    const std::string direction = "direction/" + input.name;
    seeds.push_back({wrt.back(), add_input(direction, random_numbers(direction, wrt.back().type()))});
  }
  if (wrt.empty() || outputs.empty()) return;
  has_derivatives_ = true;

  Value loss;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string name = "cotangent/" + floating_outputs_[i];
    const Value product = outputs[i] * add_input(name, random_numbers(name, outputs[i].type()));
    const Value term = product.shape().rank() == 0 ? product : sum(product);
    // The floating outputs of one case may differ in type: a cast, a batch's statistics.
    loss = loss ? loss + cast(term, loss.dtype()) : term;
  }
  add_output("loss", loss);
  const Derivatives gradients = gradient(loss, wrt);
  for (std::size_t i = 0; i < wrt.size(); ++i) add_output("gradient/" + differentiated_[i], gradients.values[i]);
  const Derivatives tangents = tangent(outputs, seeds);
  for (std::size_t i = 0; i < outputs.size(); ++i) add_output("tangent/" + floating_outputs_[i], tangents.values[i]);
}

Value CaseProgram::add_input(const std::string& name, HostTensor data) {
  const Value value = graph_.input(name, data.type);
  if (is_floating(data.type.dtype)) {
    for (const DType dtype : {data_, data.type.dtype}) round_to(dtype, data.values);
  }
  inputs_.emplace(name, std::move(data));
  return value;
}

void CaseProgram::add_output(const std::string& name, Value value) {
  graph_.output(name, value);
  outputs_.push_back(name);
}

void CaseProgram::run() { executable_->run(); }

void CaseProgram::write(const std::string& name, HostTensor tensor) {
  executable_->write(name, std::span<const std::byte>(to_bytes(tensor)));
  inputs_.at(name) = std::move(tensor);
}

HostTensor CaseProgram::read(const std::string& name) const {
  const TensorType type = executable_->output(name).type;
  std::vector<std::byte> bytes(type.bytes());
  executable_->read(name, std::span(bytes));
  return from_bytes(type, bytes);
}

double inner_product(const HostTensor& a, const HostTensor& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) sum += a.values[i] * b.values[i];
  return sum;
}

}  // namespace genocuda::op_test

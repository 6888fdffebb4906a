// SPDX-License-Identifier: Apache-2.0
#include "core/derivative_graph.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "core/differentiate.h"
#include "core/error.h"
#include "core/executable.h"
#include "core/expression.h"

namespace genocuda {
namespace {

void check_inputs(const Expression& expression, const DerivativeRequest& request) {
  std::vector<std::string_view> inputs;
  for (const NamedValue& each : expression.values) {
    if (!each.formula.empty()) continue;
    inputs.push_back(each.name);
    if (!request.at.contains(each.name)) {
      throw Error(ErrorKind::invalid_argument, "the input '{}' has no value: give it one, such as --at {}=2", each.name,
                  each.name);
    }
  }
  const auto require_input = [&](const std::string& name, std::string_view what) {
    if (std::ranges::find(inputs, name) != inputs.end()) return;
    throw Error(ErrorKind::invalid_argument, "{} '{}', which is no input; the inputs are {}", what, name,
                fmt::join(inputs, ", "));
  };
  for (const auto& [name, value] : request.at) require_input(name, "there is a value for");
  if (request.mode == DerivativeMode::forward) require_input(request.input, "derivatives are asked for by");
}

/// The derivative of each operand's node, by the forward rule of its operator with a tangent for this operand alone.
std::vector<Value> local_derivatives(Graph& graph, int id) {
  std::vector<Value> result;
  const std::size_t operands = graph.node(id).inputs.size();
  for (std::size_t i = 0; i < operands; ++i) {
    const TensorType type = graph.type(graph.node(id).inputs[i]);
    std::vector<Value> tangents(operands);
    tangents[i] = graph.constant(1, type);
    result.push_back(graph.node(id).op->jvp(NodeHandle(graph, id), tangents).at(0));
  }
  return result;
}

/// Of every value of the expression, in its order.
std::vector<Value> derivatives(Graph& graph, const Expression& expression, const DerivativeRequest& request) {
  std::vector<Value> values;
  for (const NamedValue& each : expression.values) values.push_back(each.value);
  if (request.mode == DerivativeMode::reverse) return gradient(values.back(), values).values;
  const auto input = std::ranges::find(expression.values, request.input, &NamedValue::name);
  const Seed seed{input->value, graph.constant(1, input->value.type())};
  return tangent(values, {&seed, 1}).values;
}

}  // namespace

DerivativeGraph derivative_graph(std::string_view text, const DerivativeRequest& request, Device& device) {
  Graph graph;
  const Expression expression = parse_expression(graph, text);
  check_inputs(expression, request);

  DerivativeGraph result{.nodes = {}, .edges = {}, .mode = request.mode, .input = request.input};
  std::map<ValueId, int> numbers;
  for (const NamedValue& each : expression.values) {
    const int number = static_cast<int>(result.nodes.size());
    numbers[each.value.id()] = number;
    result.nodes.push_back({each.name, each.formula, 0, std::nullopt});
    graph.output(fmt::format("value {}", number), each.value);
  }
  for (std::size_t to = 0; to < expression.values.size(); ++to) {
    if (expression.values[to].formula.empty()) continue;
    const int id = expression.values[to].value.id().node;
    const std::vector<ValueId> operands = graph.node(id).inputs;
    const std::vector<Value> local = local_derivatives(graph, id);
    for (std::size_t i = 0; i < operands.size(); ++i) {
      graph.output(fmt::format("edge {}", result.edges.size()), local[i]);
      result.edges.push_back({numbers.at(operands[i]), static_cast<int>(to), 0});
    }
  }
  if (request.mode != DerivativeMode::none) {
    const std::vector<Value> of_nodes = derivatives(graph, expression, request);
    for (std::size_t i = 0; i < of_nodes.size(); ++i) graph.output(fmt::format("derivative {}", i), of_nodes[i]);
  }

  VariableStore variables(device);
  Executable executable(graph, variables);
  for (const auto& [name, value] : request.at) executable.write<double>(name, std::span(&value, 1));
  executable.run();
  const auto number = [&](std::string_view what, std::size_t i) {
    return executable.read<double>(fmt::format("{} {}", what, i)).at(0);
  };
  for (std::size_t i = 0; i < result.nodes.size(); ++i) {
    result.nodes[i].value = number("value", i);
    if (request.mode != DerivativeMode::none) result.nodes[i].derivative = number("derivative", i);
  }
  for (std::size_t i = 0; i < result.edges.size(); ++i) result.edges[i].derivative = number("edge", i);
  return result;
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "tests/ops/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/differentiate.h"
#include "core/dna.h"
#include "core/executable.h"
#include "core/ops/arithmetic.h"
#include "core/ops/reduction.h"
#include "tests/ops/devices.h"

namespace genocuda::op_test {
namespace {

using nlohmann::json;

/// NaN and the infinities stand in the files as text.
double number_from(const json& value) {
  return value.is_string() ? std::strtod(value.get_ref<const std::string&>().c_str(), nullptr) : value.get<double>();
}

HostTensor dna_from(const json& sequences) {
  HostTensor tensor;
  const std::int64_t length = sequences.empty() ? 0 : static_cast<std::int64_t>(sequences[0].get<std::string>().size());
  tensor.type = {DType::dna, Shape{static_cast<std::int64_t>(sequences.size()), length}};
  for (const json& sequence : sequences) {
    for (const char letter : sequence.get<std::string>()) tensor.values.push_back(dna::code_of(letter));
  }
  return tensor;
}

HostTensor tensor_from(const json& entry) {
  if (entry.contains("sequences")) return dna_from(entry.at("sequences"));
  HostTensor tensor{{DType::f64, Shape(entry.at("shape").get<std::vector<std::int64_t>>())}, {}};
  for (const json& value : entry.at("values")) tensor.values.push_back(number_from(value));
  return tensor;
}

std::map<std::string, HostTensor> tensors_from(const json& entries) {
  std::map<std::string, HostTensor> tensors;
  for (const auto& [name, entry] : entries.items()) tensors.emplace(name, tensor_from(entry));
  return tensors;
}

HostTensor read(const Executable& executable, const std::string& name) {
  const TensorType type = executable.output(name).type;
  std::vector<std::byte> bytes(type.bytes());
  executable.read(name, std::span(bytes));
  return from_bytes(type, bytes);
}

/// Σ cotangent · output over the outputs that have a cotangent; a lone scalar stands for itself.
Value objective(const GoldenCase& golden, const std::map<std::string, Value>& outputs, const CaseValues& inputs) {
  Value total;
  for (const auto& [name, value] : outputs) {
    Value term;
    if (golden.inputs.contains("d" + name)) {
      term = sum(value * inputs["d" + name]);
    } else if (name == "loss" || (outputs.size() == 1 && value.shape().rank() == 0)) {
      term = value;
    } else {
      continue;
    }
    total = total ? total + term : term;
  }
  if (!total) throw std::runtime_error(golden.name + ": gradients, but no cotangent");
  return total;
}

}  // namespace

double GoldenCase::number(std::string_view attribute, double otherwise) const {
  return attributes->value(std::string(attribute), otherwise);
}
std::int64_t GoldenCase::whole(std::string_view attribute, std::int64_t otherwise) const {
  return attributes->value(std::string(attribute), otherwise);
}
bool GoldenCase::flag(std::string_view attribute, bool otherwise) const {
  return attributes->value(std::string(attribute), otherwise);
}
std::string GoldenCase::text(std::string_view attribute, const std::string& otherwise) const {
  return attributes->value(std::string(attribute), otherwise);
}

std::vector<GoldenCase> read_golden_file(const std::string& file) {
  const std::filesystem::path path = std::filesystem::path(GENOCUDA_GOLDEN_FOLDER) / (file + ".json");
  std::ifstream stream(path);
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  const json document = json::parse(stream);
  std::vector<GoldenCase> cases;
  for (const json& entry : document.at("cases")) {
    cases.push_back({entry.at("name"), std::make_shared<const json>(entry.at("attributes")),
                     tensors_from(entry.at("inputs")), tensors_from(entry.at("outputs")),
                     tensors_from(entry.at("gradients"))});
  }
  return cases;
}

std::vector<std::string> golden_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(GENOCUDA_GOLDEN_FOLDER)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path().stem());
  }
  std::ranges::sort(files);
  return files;
}

void expect_golden(const GoldenFamily& family, const GoldenCase& golden, double tolerance) {
  SCOPED_TRACE(fmt::format("golden/{}.json: {}", family.file, golden.name));
  Graph graph;
  std::map<std::string, Value, std::less<>> inputs;
  for (const auto& [name, tensor] : golden.inputs) inputs[name] = graph.input(name, tensor.type);
  const CaseValues values(DType::f64, inputs);
  const std::map<std::string, Value> outputs = family.build(golden, values);
  for (const auto& [name, value] : outputs) graph.output(name, value);
  if (!golden.gradients.empty()) {
    std::vector<Value> wrt;
    for (const auto& [name, tensor] : golden.gradients) wrt.push_back(values[name]);
    const Derivatives derivatives = gradient(objective(golden, outputs, values), wrt);
    std::size_t next = 0;
    for (const auto& [name, tensor] : golden.gradients) graph.output("gradient/" + name, derivatives.values[next++]);
  }

  VariableStore variables(oracle());
  Executable executable(graph, variables, {.implementations = {{"*", "reference"}}, .check_memory = true});
  for (const auto& [name, tensor] : golden.inputs) {
    executable.write(name, std::span<const std::byte>(to_bytes(tensor)));
  }
  executable.run();
  for (const auto& [name, tensor] : golden.outputs) {
    EXPECT_EQ(difference(tensor, read(executable, name), tolerance), "") << name;
  }
  for (const auto& [name, tensor] : golden.gradients) {
    EXPECT_EQ(difference(tensor, read(executable, "gradient/" + name), tolerance), "") << "gradient of " << name;
  }
}

}  // namespace genocuda::op_test

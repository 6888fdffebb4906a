// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tests/ops/operator_case.h"

/// The values of PyTorch in golden/ (golden/README.md), and the check that an operator gives the same in double.
namespace genocuda::op_test {

struct GoldenCase {
  std::string name;
  std::shared_ptr<const nlohmann::json> attributes;
  std::map<std::string, HostTensor> inputs, outputs, gradients;

  /// An attribute, or `otherwise` where the case does not name it.
  double number(std::string_view attribute, double otherwise = 0) const;
  std::int64_t whole(std::string_view attribute, std::int64_t otherwise = 0) const;
  bool flag(std::string_view attribute, bool otherwise = false) const;
  std::string text(std::string_view attribute, const std::string& otherwise = "") const;
};

/// All cases of golden/<file>.json; throws std::runtime_error where it cannot be read.
std::vector<GoldenCase> read_golden_file(const std::string& file);
/// The files of golden/ without ".json", sorted.
std::vector<std::string> golden_files();

/// How the cases of a file become a graph.
struct GoldenFamily {
  std::string file;
  /// The outputs by their names in the file, from the inputs by theirs.
  std::function<std::map<std::string, Value>(const GoldenCase&, const CaseValues&)> build;
};

inline void PrintTo(const GoldenFamily& family, std::ostream* stream) { *stream << family.file; }

/// Runs a case with the reference implementations in double and holds outputs and gradients against the file;
/// differences are failures of the current GoogleTest test. `tolerance` is relative to the largest element of a tensor.
void expect_golden(const GoldenFamily& family, const GoldenCase& golden, double tolerance = 1e-12);

void add_golden_families_a(std::vector<GoldenFamily>& families);
void add_golden_families_b(std::vector<GoldenFamily>& families);

}  // namespace genocuda::op_test

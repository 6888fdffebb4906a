// SPDX-License-Identifier: Apache-2.0
#include "core/implementation.h"

#include <set>

#include <fmt/ranges.h>

#include "core/error.h"

namespace genocuda {

void ImplementationTable::add(const Operator& op, std::span<const Implementation> candidates) {
  auto& row = rows_[&op];
  row.insert(row.end(), candidates.begin(), candidates.end());
}

std::span<const Implementation> ImplementationTable::candidates(const Operator& op) const {
  const auto found = rows_.find(&op);
  return found == rows_.end() ? std::span<const Implementation>() : found->second;
}

void ImplementationTable::require(std::string_view op, std::string_view implementation) const {
  std::set<std::string_view> operators, implementations;
  for (const auto& [known, row] : rows_) {
    operators.insert(known->name);
    if (op != "*" && op != known->name) continue;
    for (const Implementation& candidate : row) implementations.insert(candidate.name);
  }
  if (implementations.contains(implementation)) return;
  if (implementations.empty()) {
    throw Error(ErrorKind::invalid_argument, "there is no operator '{}'; there are: {}", op,
                fmt::join(operators, ", "));
  }
  throw Error(ErrorKind::invalid_argument, "no implementation '{}' of {} on this device; there are: {}", implementation,
              op == "*" ? "any operator" : op, fmt::join(implementations, ", "));
}

const Implementation& ImplementationTable::choose(const Problem& problem, std::string_view forced) const {
  std::vector<std::string_view> names;
  for (const Implementation& candidate : candidates(problem.op)) {
    names.push_back(candidate.name);
    if (!forced.empty() && candidate.name != forced) continue;
    if (candidate.supports(problem)) return candidate;
  }
  std::vector<std::string> types;
  for (const TensorType& type : problem.inputs) types.push_back(type.to_string());
  throw Error(forced.empty() ? ErrorKind::internal : ErrorKind::invalid_argument,
              "no implementation {}of {}({}) on this device; there are: {}",
              forced.empty() ? "" : fmt::format("'{}' ", forced), problem.op.name, fmt::join(types, ", "),
              names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
}

}  // namespace genocuda

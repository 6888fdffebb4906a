// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <any>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/device.h"
#include "core/operator.h"

namespace genocuda {

/// One operator on operands of known types: what an implementation is chosen and prepared for. Borrowed: valid during
/// the call alone.
struct Problem {
  const Operator& op;
  const std::any& attributes;
  std::span<const TensorType> inputs;
  std::span<const TensorType> outputs;
  Precision precision = Precision::fp32;
  Device* device = nullptr;  ///< whose table is asked; null where only the tables that need no device are

  template <typename T>
  const T& attribute() const {
    return std::any_cast<const T&>(attributes);
  }
};

/// The memory of one run of one node. Nothing here may be kept.
struct RunContext {
  std::span<const TensorView> inputs;
  std::span<const TensorView> outputs;
  void* scratch;  ///< as many bytes as were booked, aligned to 64, undefined contents
  Stream& stream;
};

/// An implementation made ready for one problem: run() may be called many times, neither allocates nor synchronises,
/// and writes every element of every output.
struct Prepared {
  std::function<void(const RunContext&)> run;
  std::size_t scratch_bytes = 0;
};

/// The name of the plain loops that everything else is held against: last in a table.
inline constexpr std::string_view kReference = "reference";

/// A row of the table of a device.
struct Implementation {
  std::string_view name;  ///< "reference", "onednn", …: what --impl names
  bool (*supports)(const Problem&);
  Prepared (*prepare)(const Problem&);
};

/// For each operator the candidates in order of preference, reference last.
class ImplementationTable {
 public:
  /// Appends candidates for an operator.
  void add(const Operator& op, std::span<const Implementation> candidates);
  void add(const Operator& op, const Implementation& candidate) { add(op, std::span(&candidate, 1)); }

  std::span<const Implementation> candidates(const Operator& op) const;

  /// Throws Error(invalid_argument) that lists what there is where no operator of that name ("*": no operator at all)
  /// has an implementation of that name.
  void require(std::string_view op, std::string_view implementation) const;

  /// The first candidate that supports the problem, or the one called `forced` where that is not empty. Throws Error:
  /// kind invalid_argument where `forced` is unknown or declines, internal where nothing supports the problem.
  const Implementation& choose(const Problem& problem, std::string_view forced = {}) const;

 private:
  std::unordered_map<const Operator*, std::vector<Implementation>> rows_;
};

}  // namespace genocuda

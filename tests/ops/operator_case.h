// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph.h"

/// The one table of operator cases. Everything that is to hold for operators is checked over it: derivatives against
/// finite differences and against each other, every implementation of every device against the reference in double.
///
/// A new family of operators takes one file in cases/ with a function add_…_cases, declared and called in
/// operator_case.cc.
namespace genocuda::op_test {

/// The numbers that an input is filled with. They follow from the names of case and input alone and are exact in f32.
struct Data {
  enum class Kind { uniform, distinct, integers, bases, values };
  Kind kind = Kind::uniform;
  double low = -1, high = 1;
  double kink = 0, gap = 0;      ///< uniform: nothing nearer to `kink` than `gap`
  double unknown = 0;            ///< bases: the share of N
  std::vector<double> values{};  ///< values: these, repeated if there are more elements
};

inline Data uniform(double low = -1, double high = 1) { return {.low = low, .high = high}; }
/// Away from a point where the function has no derivative.
inline Data uniform_except(double low, double high, double kink, double gap = 0.05) {
  return {.low = low, .high = high, .kink = kink, .gap = gap};
}
/// Equally spaced numbers in random order: there are no ties, and a small step changes no winner.
inline Data distinct(double low = -1, double high = 1) {
  return {.kind = Data::Kind::distinct, .low = low, .high = high};
}
/// Whole numbers in [low, high].
inline Data integers(int low, int high) {
  return {.kind = Data::Kind::integers, .low = static_cast<double>(low), .high = static_cast<double>(high)};
}
inline Data exactly(std::vector<double> values) { return {.kind = Data::Kind::values, .values = std::move(values)}; }

struct CaseInput {
  std::string name;
  Shape shape;
  Data data;
  DType dtype = DType::f64;    ///< f64 stands for the floating type under test
  bool differentiable = true;  ///< derivatives with respect to it are checked
};

/// A floating input.
inline CaseInput number(std::string name, Shape shape, Data data = uniform()) { return {std::move(name), shape, data}; }
/// A floating input that derivatives stop at: targets, weights of examples.
inline CaseInput fixed(std::string name, Shape shape, Data data = uniform()) {
  return {std::move(name), shape, data, DType::f64, false};
}
/// An i32 input.
inline CaseInput whole(std::string name, Shape shape, Data data) {
  return {std::move(name), shape, data, DType::i32, false};
}
/// DNA [batch, length] with a share of unknown bases.
inline CaseInput bases(std::string name, Shape shape, double unknown = 0.1) {
  return {std::move(name), shape, {.kind = Data::Kind::bases, .unknown = unknown}, DType::dna, false};
}

/// The inputs of a case as values of the graph that it is built in.
class CaseValues {
 public:
  CaseValues(DType dtype, std::map<std::string, Value, std::less<>> values)
      : dtype_(dtype), values_(std::move(values)) {}
  /// Throws std::out_of_range for an unknown name.
  Value operator[](std::string_view name) const;
  /// The floating type under test.
  DType dtype() const { return dtype_; }

 private:
  DType dtype_;
  std::map<std::string, Value, std::less<>> values_;
};

struct OperatorCase {
  std::string name;  ///< "family/what is special about it": letters, digits, underscores
  std::vector<CaseInput> inputs;
  std::function<std::vector<Value>(const CaseValues&)> build;  ///< the outputs
  bool differentiate = true;  ///< false: kinks within reach, or outputs without derivatives
  double tolerance = 1;       ///< factor on what parity allows, for long sums and steep functions
};

/// What a host copy of a tensor looks like here: numbers as doubles, DNA as codes (core/dna.h).
struct HostTensor {
  TensorType type;
  std::vector<double> values;
};

/// The data of an input of a case under test in `dtype`.
HostTensor make_data(const OperatorCase& operator_case, const CaseInput& input, DType dtype);
/// Uniform in [-1, 1), told apart by `key`.
HostTensor random_numbers(std::string_view key, const TensorType& type);

/// Rounds numbers to what the floating type can hold, to nearest, ties to even.
void round_to(DType dtype, std::span<double> values);

/// To and from the memory layout of the type.
std::vector<std::byte> to_bytes(const HostTensor& tensor);
HostTensor from_bytes(const TensorType& type, std::span<const std::byte> bytes);

/// "" where `actual` is `expected` within `tolerance` times the largest finite element of `expected` (at least 0.01);
/// else one line about the worst element. NaN equals NaN; integers and DNA must agree exactly.
std::string difference(const HostTensor& expected, const HostTensor& actual, double tolerance);
/// The least tolerance for which two tensors of one shape do not differ.
double relative_error(const HostTensor& expected, const HostTensor& actual);

/// What stands before the "/" in the name of a case.
std::string family_of(const OperatorCase& operator_case);

/// All cases of all families.
const std::vector<OperatorCase>& all_cases();

}  // namespace genocuda::op_test

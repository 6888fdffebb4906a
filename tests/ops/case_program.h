// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/device.h"
#include "core/executable.h"
#include "tests/ops/operator_case.h"

namespace genocuda::op_test {

/// A case as a program on a device: its outputs "y0", "y1", …; where the case has derivatives also the scalar
/// "loss" = Σ cotangent · output, its reverse-mode "gradient/<input>", and "tangent/<output>", the forward-mode
/// derivatives of the outputs along the directions "direction/<input>". The data of the case, the cotangents and the
/// directions are written when it is made. Memory checks are on.
class CaseProgram {
 public:
  struct Options {
    DType dtype = DType::f64;
    DType data = DType::f64;  ///< the numbers written are rounded to this type, and to `dtype`
    Precision precision = Precision::fp32;
    std::string implementation = {};  ///< preferred wherever it can run; "" for the device's own choice
    bool derivatives = true;          ///< false leaves them out even where the case has them
  };

  CaseProgram(const OperatorCase& operator_case, Device& device, const Options& options);

  /// Whether the device has an implementation of every node of the case in that type and precision.
  static bool supported(const OperatorCase& operator_case, Device& device, DType dtype, Precision precision);

  /// Runs on what was written last.
  void run();

  const HostTensor& input(const std::string& name) const { return inputs_.at(name); }
  void write(const std::string& name, HostTensor tensor);
  HostTensor read(const std::string& name) const;

  bool has_derivatives() const { return has_derivatives_; }
  /// The inputs that derivatives are taken with respect to.
  const std::vector<std::string>& differentiated() const { return differentiated_; }
  /// "y0", … of the floating outputs.
  const std::vector<std::string>& floating_outputs() const { return floating_outputs_; }
  /// All there is to read.
  const std::vector<std::string>& outputs() const { return outputs_; }
  /// Implementations that at least one node of the program could run with.
  std::vector<std::string> implementations() const { return implementations_; }
  std::vector<std::string> schedule() const { return executable_->schedule(); }

 private:
  explicit CaseProgram(Device& device) : variables_(device) {}
  void build(const OperatorCase& operator_case, const Options& options);
  void differentiate(const OperatorCase& operator_case, const CaseValues& values, const std::vector<Value>& outputs);
  Value add_input(const std::string& name, HostTensor data);
  void add_output(const std::string& name, Value value);

  DType data_ = DType::f64;
  Graph graph_;
  VariableStore variables_;
  std::unique_ptr<Executable> executable_;
  bool has_derivatives_ = false;
  std::map<std::string, HostTensor> inputs_;
  std::vector<std::string> differentiated_, floating_outputs_, outputs_, implementations_;
};

/// Σ of the products of corresponding elements.
double inner_product(const HostTensor& a, const HostTensor& b);

}  // namespace genocuda::op_test

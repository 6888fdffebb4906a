// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/device.h"
#include "core/graph.h"

namespace genocuda {

/// The variables of one model on one device, by name, shared by all executables that are built over them.
/// Executables over one store must not run at the same time if one of them assigns.
class VariableStore {
 public:
  explicit VariableStore(Device& device);

  Device& device() const { return device_; }
  /// Makes the variable, filled with zero bytes, where it is new; throws Error(invalid_argument) where the type
  /// differs.
  TensorView ensure(const std::string& name, const TensorType& type);
  bool contains(std::string_view name) const;
  /// Device memory; an unknown name is an Error.
  TensorView view(std::string_view name) const;
  /// Whole tensors from and to host memory; a wrong number of bytes is an Error.
  void write(std::string_view name, std::span<const std::byte> bytes);
  std::vector<std::byte> read(std::string_view name) const;
  /// In lexical order.
  std::vector<std::string> names() const;

 private:
  struct Entry {
    TensorType type;
    Buffer buffer;
  };
  const Entry& entry(std::string_view name) const;

  Device& device_;
  std::unique_ptr<Stream> stream_;
  std::map<std::string, Entry, std::less<>> entries_;
};

struct ExecutableOptions {
  Precision precision = Precision::fp32;
  /// Operator name -> implementation name, for what must not be left to the table's order; the operator name "*" stands
  /// for all that have an implementation of that name.
  std::map<std::string, std::string, std::less<>> implementations = {};
  /// Where the device can, run() is recorded once and replayed. The checks below switch that off.
  bool record = true;
  /// Red zones round every buffer, poison in every buffer: run() throws Error(internal) naming the node that wrote
  /// outside its outputs or left a part unwritten. Slow.
  bool check_memory = false;
  /// run() throws Error(invalid_argument) naming the first node with an output that is not finite. Slow.
  bool check_finite = false;
  /// run() waits for the device after every node, so that an error names the node at fault and not a later one. Slow.
  bool debug_sync = false;
};

/// A graph made ready to run on a device: an implementation chosen for every node, one arena planned for all values.
/// run() allocates nothing. Not safe for use by several threads at once; several executables are independent.
class Executable {
 public:
  /// Takes what the outputs and assignments of the graph need; the rest of the graph is ignored. Device and variables
  /// must outlive the executable.
  Executable(const Graph& graph, VariableStore& variables, ExecutableOptions options = {});
  ~Executable();
  Executable(Executable&&) noexcept;

  /// Runs the graph once. The work may still go on when this returns; read() and its like wait for it. An error names
  /// the operator, its implementation and its shapes.
  void run();
  /// Whether run() now replays a recording; the first two calls make it.
  bool recorded() const;

  /// Device memory of an input or output, valid as long as the executable; an unknown name is an Error. Inputs that no
  /// output depends on are known, too.
  TensorView input(std::string_view name) const;
  TensorView output(std::string_view name) const;
  /// Whole tensors from and to host memory; a wrong number of bytes is an Error. read() waits for the device.
  void write(std::string_view input, std::span<const std::byte> bytes);
  void read(std::string_view output, std::span<std::byte> bytes) const;

  template <typename T>
  void write(std::string_view input, std::span<const T> values) {
    write(input, std::as_bytes(values));
  }
  /// The elements of an output whose dtype is that of T.
  template <typename T>
  std::vector<T> read(std::string_view name) const {
    std::vector<T> values(output(name).type.bytes() / sizeof(T));
    read(name, std::as_writable_bytes(std::span(values)));
    return values;
  }

  /// Bytes of the arena that all intermediate values share, and what they would take side by side.
  std::size_t arena_bytes() const;
  std::size_t unshared_bytes() const;
  /// "operator: implementation" of every node in the order of execution.
  std::vector<std::string> schedule() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace genocuda

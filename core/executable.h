// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/device.h"
#include "core/graph.h"

namespace genocuda {

class Tuner;

/// The variables of one model on one device, by name, shared by all executables that are built over them. Each of these
/// has a stream of its own; on the device a run that assigns begins after all that were asked for before, and one that
/// reads after the last that assigns. Executables that only read may be run by several threads at once; nobody else may
/// use the store while one runs that assigns.
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

  enum class Access { read, write };
  /// Puts `work` into `stream` in its order among all that uses the variables.
  void perform(Stream& stream, Access access, const std::function<void()>& work) const;

 private:
  struct Entry {
    TensorType type;
    Buffer buffer;
  };
  const Entry& entry(std::string_view name) const;

  Device& device_;
  std::unique_ptr<Stream> stream_;
  std::map<std::string, Entry, std::less<>> entries_;

  mutable std::mutex mutex_;  // of the marks
  mutable std::shared_ptr<const Mark> written_;
  mutable std::map<const Stream*, std::shared_ptr<const Mark>> read_;  // since then, the last of each stream
};

/// Memory of a device that stands for inputs of graphs: data that several executables read, by the inputs' names.
using SharedInputs = std::map<std::string, TensorView, std::less<>>;

struct ExecutableOptions {
  Precision precision = Precision::fp32;
  /// Operator name -> implementation name, for what must not be left to the table's order; the operator name "*" stands
  /// for all that have an implementation of that name.
  std::map<std::string, std::string, std::less<>> implementations = {};
  /// Chooses, where it is not null, among what `implementations` leaves open, by timing when the executable is made.
  std::shared_ptr<Tuner> tuner = nullptr;
  /// Where the device can, run() is recorded once and replayed. The checks below switch that off.
  bool record = true;
  /// Red zones round every buffer, poison in every buffer: run() throws Error(internal) naming the node that wrote
  /// outside its outputs or left a part unwritten. Slow.
  bool check_memory = false;
  /// run() throws Error(invalid_argument) naming the first node that computes, not looks up, what is not finite. Slow.
  bool check_finite = false;
  /// run() waits for the device after every node, so that an error names the node at fault and not a later one. Slow.
  bool debug_sync = false;
};

/// A graph made ready to run on a device: an implementation chosen for every node, one arena planned for all values.
/// run() allocates nothing. Not safe for use by several threads at once; several executables are independent.
class Executable {
 public:
  /// Takes what the outputs and assignments of the graph need; the rest of the graph is ignored. Device, variables and
  /// the memory of shared inputs must outlive the executable; that memory must be complete before a run and is never
  /// written. Throws Error(invalid_argument) where a shared input has another type than the graph's.
  Executable(const Graph& graph, VariableStore& variables, ExecutableOptions options = {},
             const SharedInputs& shared = {});
  ~Executable();
  Executable(Executable&&) noexcept;

  /// Runs the graph once. The work may still go on when this returns; read() and its like wait for it. An error names
  /// the operator, its implementation and its shapes.
  void run();
  /// Whether run() now replays a recording; the first two calls make it.
  bool recorded() const;

  /// Device memory of an input or output, valid as long as the executable; an unknown name is an Error, and so is a
  /// shared input's. Inputs that no output depends on are known, too.
  TensorView input(std::string_view name) const;
  TensorView output(std::string_view name) const;
  /// Whole tensors from and to host memory; a wrong number of bytes is an Error. What is written counts from the next
  /// run on, and its memory may be used again at once; read() waits for the device.
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

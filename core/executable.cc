// SPDX-License-Identifier: Apache-2.0
#include "core/executable.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include <fmt/ranges.h>

#include "core/error.h"
#include "core/memory_check.h"
#include "core/ops/lookup.h"
#include "core/planner.h"
#include "core/prepare.h"

namespace genocuda {
namespace {

constexpr std::size_t kCheckedRedZone = 256;

std::string describe(const Node& node) {
  return node.scope.empty() ? std::string(node.op->name) : fmt::format("{} ({})", node.scope, node.op->name);
}

/// By node: what is looked up in tables of data, and what follows from nothing else. NaN there stands for what is
/// missing and is no fault.
std::vector<bool> find_data(const Graph& graph) {
  std::vector<bool> is_data(graph.size(), false);
  for (int id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    const auto from_data = [&](ValueId input) { return is_data[input.node]; };
    const auto from_data_or_constant = [&](ValueId input) {
      return from_data(input) || graph.node(input.node).op == &ops::kConstant;
    };
    is_data[id] =
        node.op == &ops::kGatherRows || node.op == &ops::kExtractTracks ||
        (std::ranges::any_of(node.inputs, from_data) && std::ranges::all_of(node.inputs, from_data_or_constant));
  }
  return is_data;
}

/// A constant's number in every element, as bytes.
std::vector<std::byte> constant_bytes(const ops::LeafAttributes& constant) {
  const auto fill = [&](auto number) {
    std::vector<std::byte> bytes(constant.type.bytes());
    const auto one = std::as_bytes(std::span(&number, 1));
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = one[i % one.size()];
    return bytes;
  };
  switch (constant.type.dtype) {
    case DType::f64:
      return fill(constant.value);
    case DType::f32:
      return fill(static_cast<float>(constant.value));
    case DType::bf16: {
      // The upper half of a float, rounded to nearest, ties to even.
      const auto word = std::bit_cast<std::uint32_t>(static_cast<float>(constant.value));
      return fill(static_cast<std::uint16_t>((word + 0x7fff + (word >> 16 & 1)) >> 16));
    }
    case DType::i32:
      return fill(static_cast<std::int32_t>(constant.value));
    default:
      break;
  }
  throw Error(ErrorKind::internal, "no constants of type {}", constant.type.to_string());
}

}  // namespace

class Executable::State {
 public:
  State(const Graph& graph, VariableStore& variables, ExecutableOptions options, const SharedInputs& shared)
      : variables_(variables),
        access_(graph.assignments().empty() ? VariableStore::Access::read : VariableStore::Access::write),
        device_(variables.device()),
        stream_(device_.make_stream()),
        options_(std::move(options)),
        may_record_(options_.record && !options_.check_memory && !options_.check_finite && !options_.debug_sync) {
    const std::vector<int> schedule = make_schedule(graph);
    prepare(graph, schedule);

    std::vector<std::size_t> scratch(graph.size(), 0);
    for (const Step& step : steps_) scratch[step.node] = step.prepared.scratch_bytes;
    const PlanOptions plan_options{.red_zone = options_.check_memory ? kCheckedRedZone : 0};
    plan_ = plan_memory(graph, schedule, scratch, plan_options);
    arena_ = Buffer(device_, plan_.arena_bytes);

    make_leaves(graph, shared);
    bind(graph);
    for (const auto& [name, id] : graph.outputs()) outputs_.emplace_back(name, view(graph, id));
    collect_copies(graph);
  }

  void run() {
    if (may_record_ && ran_) record();
    variables_.perform(*stream_, access_, [this] {
      if (recording_ != nullptr) {
        recording_->replay();
      } else {
        stream_->perform([this] { issue(); });
      }
    });
    ran_ = true;
  }

  bool recorded() const { return recording_ != nullptr; }

  static TensorView find(const std::vector<std::pair<std::string, TensorView>>& views, std::string_view name,
                         std::string_view what) {
    const auto found = std::ranges::find(views, name, &std::pair<std::string, TensorView>::first);
    if (found == views.end()) throw Error(ErrorKind::invalid_argument, "the graph has no {} '{}'", what, name);
    return found->second;
  }

  TensorView input(std::string_view name) const { return find(inputs_, name, "input"); }
  TensorView output(std::string_view name) const { return find(outputs_, name, "output"); }
  Stream& stream() const { return *stream_; }
  const MemoryPlan& plan() const { return plan_; }

  std::vector<std::string> schedule() const {
    std::vector<std::string> lines;
    for (const Step& step : steps_) lines.push_back(fmt::format("{}: {}", step.description, step.implementation));
    return lines;
  }

 private:
  struct Guard {
    GuardedMemory memory;
    TensorType type;
  };
  struct Step {
    int node = -1;
    std::string description;
    std::string_view implementation;
    bool may_lack_values = false;
    Prepared prepared;
    std::vector<TensorView> inputs, outputs;
    void* scratch = nullptr;
    std::vector<Guard> guards;  ///< of the outputs and scratch that are this step's own
  };

  /// Not on the first run: what a device loads or sets up when a kernel is first used cannot be recorded.
  void record() {
    may_record_ = false;
    try {
      recording_ = stream_->record([this] { issue(); });
    } catch (const Error&) {
      // There are library calls that work and cannot be recorded: such graphs are issued step by step, as on the first
      // run, where an error that is real shows again.
    }
  }

  /// Puts the work of all nodes into the stream.
  void issue() {
    for (const Step& step : steps_) {
      if (options_.check_memory) {
        for (const Guard& guard : step.guards) poison(*stream_, guard.memory);
      }
      issue(step);
      if (options_.check_memory) check_memory(step);
      if (options_.check_finite) check_finite(step);
    }
    for (const auto& [to, from] : copies_) stream_->copy(to.data, from.data, to.type.bytes());
  }

  void issue(const Step& step) {
    try {
      step.prepared.run({step.inputs, step.outputs, step.scratch, *stream_});
      if (options_.debug_sync) stream_->synchronize();
    } catch (const Error& error) {
      throw Error(error.kind(), "{}: {}", label(step), error.what());
    } catch (const std::runtime_error& error) {  // a launcher's: kernels know no other type
      throw Error(ErrorKind::device, "{}: {}", label(step), error.what());
    }
  }

  /// "conv1 (conv1d), implementation direct, (f32[8, 100, 4], f32[9, 4, 16]) -> (f32[8, 92, 16])".
  static std::string label(const Step& step) {
    const auto types = [](const std::vector<TensorView>& tensors) {
      std::vector<std::string> texts;
      for (const TensorView& tensor : tensors) texts.push_back(tensor.type.to_string());
      return fmt::format("({})", fmt::join(texts, ", "));
    };
    return fmt::format("{}, implementation {}, {} -> {}", step.description, step.implementation, types(step.inputs),
                       types(step.outputs));
  }

  void prepare(const Graph& graph, const std::vector<int>& schedule) {
    const std::vector<bool> is_data = find_data(graph);
    for (PreparedNode& each : prepare_nodes(graph, schedule, device_, options_)) {
      steps_.push_back({.node = each.node,
                        .description = describe(graph.node(each.node)),
                        .implementation = each.implementation,
                        .may_lack_values = is_data[each.node],
                        .prepared = std::move(each.prepared),
                        .inputs = {},
                        .outputs = {},
                        .guards = {}});
    }
  }

  void make_leaves(const Graph& graph, const SharedInputs& shared) {
    leaves_.resize(graph.size());
    for (int id = 0; id < graph.size(); ++id) {
      const Node& node = graph.node(id);
      if (!is_leaf(node)) continue;
      const auto& leaf = node.attribute<ops::LeafAttributes>();
      if (node.op == &ops::kVariable) {
        leaves_[id] = variables_.ensure(leaf.name, leaf.type);
        continue;
      }
      if (const auto given = shared.find(leaf.name); node.op == &ops::kInput && given != shared.end()) {
        if (given->second.type != leaf.type) {
          throw Error(ErrorKind::invalid_argument, "the input '{}' is {}, not {}", leaf.name, leaf.type.to_string(),
                      given->second.type.to_string());
        }
        leaves_[id] = given->second;
        continue;
      }
      owned_.emplace_back(device_, leaf.type.bytes());
      leaves_[id] = {leaf.type, owned_.back().data()};
      if (node.op == &ops::kInput) {
        inputs_.emplace_back(leaf.name, leaves_[id]);
        if (leaf.type.bytes() > 0) stream_->fill(leaves_[id].data, 0, leaf.type.bytes());
      } else {
        const std::vector<std::byte> bytes = constant_bytes(leaf);
        if (!bytes.empty()) stream_->upload(leaves_[id].data, bytes.data(), bytes.size());
      }
      stream_->synchronize();
    }
  }

  TensorView view(const Graph& graph, ValueId id) const {
    const Placement& placement = plan_[id];
    std::byte* data = placement.kind == Placement::Kind::leaf
                          ? static_cast<std::byte*>(leaves_[placement.leaf.node].data)
                          : arena_.data() + placement.offset;
    return {graph.type(id), data};
  }

  void bind(const Graph& graph) {
    const auto guard = [&](void* data, const TensorType& type, std::size_t bytes) {
      return Guard{{static_cast<std::byte*>(data), bytes, kCheckedRedZone, device_.memory_is_host()}, type};
    };
    for (Step& step : steps_) {
      const Node& node = graph.node(step.node);
      for (const ValueId input : node.inputs) step.inputs.push_back(view(graph, input));
      for (int i = 0; i < static_cast<int>(node.outputs.size()); ++i) {
        step.outputs.push_back(view(graph, {step.node, i}));
        const bool in_place = std::ranges::any_of(
            step.inputs, [&](const TensorView& input) { return input.data == step.outputs.back().data; });
        if (options_.check_memory && !in_place) {
          step.guards.push_back(guard(step.outputs.back().data, node.outputs[i], node.outputs[i].bytes()));
        }
      }
      if (const std::size_t bytes = step.prepared.scratch_bytes; bytes > 0) {
        step.scratch = arena_.data() + plan_.scratch[step.node];
        // Scratch need not be written: as bytes, only its red zones count.
        if (options_.check_memory) step.guards.push_back(guard(step.scratch, {DType::u8, {}}, bytes));
      }
    }
  }

  /// The assignments whose value does not already lie in its variable.
  void collect_copies(const Graph& graph) {
    for (const auto& [variable, value] : graph.assignments()) {
      const TensorView to = leaves_[variable.node], from = view(graph, value);
      if (to.data == from.data) continue;
      if (plan_[value].kind == Placement::Kind::leaf && graph.node(plan_[value].leaf.node).op == &ops::kVariable) {
        throw Error(ErrorKind::internal, "variable '{}' is assigned the memory of another variable: assign a copy",
                    name_of(graph.node(variable.node)));
      }
      copies_.emplace_back(to, from);
    }
  }

  void check_memory(const Step& step) {
    for (const Guard& guard : step.guards) {
      const std::string violation = find_violation(*stream_, guard.memory, guard.type);
      if (violation.empty()) continue;
      throw Error(ErrorKind::internal, "{}, implementation {}: {} its {}", step.description, step.implementation,
                  violation, guard.type.to_string());
    }
  }

  void check_finite(const Step& step) {
    if (step.may_lack_values) return;
    for (const TensorView& tensor : step.outputs) {
      if (!has_nonfinite(*stream_, tensor)) continue;
      throw Error(ErrorKind::invalid_argument, "{} gave a value that is not finite", step.description);
    }
  }

  VariableStore& variables_;
  VariableStore::Access access_;
  Device& device_;
  std::unique_ptr<Stream> stream_;
  ExecutableOptions options_;
  MemoryPlan plan_;
  Buffer arena_;
  std::vector<Buffer> owned_;       // inputs and constants
  std::vector<TensorView> leaves_;  // by node
  std::vector<Step> steps_;
  std::vector<std::pair<std::string, TensorView>> inputs_, outputs_;
  std::vector<std::pair<TensorView, TensorView>> copies_;
  bool may_record_;  // and has not tried
  bool ran_ = false;
  std::unique_ptr<Recording> recording_;  // after what it uses, so that it goes first
};

Executable::Executable(const Graph& graph, VariableStore& variables, ExecutableOptions options,
                       const SharedInputs& shared)
    : state_(std::make_unique<State>(graph, variables, std::move(options), shared)) {}
Executable::~Executable() = default;
Executable::Executable(Executable&&) noexcept = default;

void Executable::run() { state_->run(); }
bool Executable::recorded() const { return state_->recorded(); }
TensorView Executable::input(std::string_view name) const { return state_->input(name); }
TensorView Executable::output(std::string_view name) const { return state_->output(name); }

void Executable::write(std::string_view name, std::span<const std::byte> bytes) {
  const TensorView target = input(name);
  if (bytes.size() != target.type.bytes()) {
    throw Error(ErrorKind::invalid_argument, "input '{}' ({}) takes {} bytes, not {}", name, target.type.to_string(),
                target.type.bytes(), bytes.size());
  }
  if (!bytes.empty()) state_->stream().upload(target.data, bytes.data(), bytes.size());
}

void Executable::read(std::string_view name, std::span<std::byte> bytes) const {
  const TensorView source = output(name);
  if (bytes.size() != source.type.bytes()) {
    throw Error(ErrorKind::invalid_argument, "output '{}' ({}) has {} bytes, not {}", name, source.type.to_string(),
                source.type.bytes(), bytes.size());
  }
  if (!bytes.empty()) state_->stream().download(bytes.data(), source.data, bytes.size());
  state_->stream().synchronize();
}

std::size_t Executable::arena_bytes() const { return state_->plan().arena_bytes; }
std::size_t Executable::unshared_bytes() const { return state_->plan().unshared_bytes; }
std::vector<std::string> Executable::schedule() const { return state_->schedule(); }

}  // namespace genocuda

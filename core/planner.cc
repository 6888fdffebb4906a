// SPDX-License-Identifier: Apache-2.0
#include "core/planner.h"

#include <algorithm>
#include <map>
#include <set>

namespace genocuda {
namespace {

/// Hands out offsets; what is given back is joined with its neighbours.
class ArenaAllocator {
 public:
  ArenaAllocator(std::size_t alignment, std::size_t red_zone) : alignment_(alignment), red_zone_(round_up(red_zone)) {}

  std::size_t allocate(std::size_t bytes) {
    const std::size_t size = padded(bytes);
    auto best = free_.end();
    for (auto block = free_.begin(); block != free_.end(); ++block) {
      if (block->second >= size && (best == free_.end() || block->second < best->second)) best = block;
    }
    std::size_t start;
    if (best != free_.end()) {
      start = best->first;
      const std::size_t rest = best->second - size;
      free_.erase(best);
      if (rest > 0) free_[start + size] = rest;
    } else {
      // Nothing fits: the arena grows, from its last block on where that is free.
      start = end_;
      if (!free_.empty() && free_.rbegin()->first + free_.rbegin()->second == end_) {
        start = free_.rbegin()->first;
        free_.erase(start);
      }
      end_ = start + size;
    }
    return start + red_zone_;
  }

  void release(std::size_t offset, std::size_t bytes) {
    auto block = free_.emplace(offset - red_zone_, padded(bytes)).first;
    if (const auto next = std::next(block); next != free_.end() && block->first + block->second == next->first) {
      block->second += next->second;
      free_.erase(next);
    }
    if (block != free_.begin()) {
      const auto before = std::prev(block);
      if (before->first + before->second == block->first) {
        before->second += block->second;
        free_.erase(block);
      }
    }
  }

  std::size_t end() const { return end_; }

 private:
  std::size_t round_up(std::size_t bytes) const { return (bytes + alignment_ - 1) / alignment_ * alignment_; }
  std::size_t padded(std::size_t bytes) const { return round_up(std::max<std::size_t>(bytes, 1)) + 2 * red_zone_; }

  std::size_t alignment_, red_zone_, end_ = 0;
  std::map<std::size_t, std::size_t> free_;  // start -> size
};

/// Values that share one piece of memory.
struct Block {
  Placement placement;
  std::size_t bytes = 0;
  int uses_left = 0;
};

class Planner {
 public:
  Planner(const Graph& graph, std::span<const int> schedule, const PlanOptions& options)
      : graph_(graph), arena_(options.alignment, options.red_zone), uses_(graph.size()), block_of_(graph.size()) {
    plan_.values.resize(graph.size());
    plan_.scratch.resize(graph.size());
    for (int id = 0; id < graph.size(); ++id) {
      uses_[id].resize(graph.node(id).outputs.size());
      block_of_[id].resize(graph.node(id).outputs.size(), -1);
      plan_.values[id].resize(graph.node(id).outputs.size());
    }
    for (const int id : schedule) {
      for (const ValueId input : graph.node(id).inputs) ++uses_[input.node][input.output];
    }
    // Outputs and what is assigned are used once more, after the last node.
    for (const auto& [name, id] : graph.outputs()) ++uses_[id.node][id.output];
    std::set<ValueId> assigned;
    for (const auto& [variable, id] : graph.assignments()) {
      ++uses_[id.node][id.output];
      assigned.insert(variable);
      assigned_to_[id] = variable;
    }
    for (const auto& [name, id] : graph.outputs()) assigned_to_[id] = kNoVariable;
    for (int id = 0; id < graph.size(); ++id) {
      if (!is_leaf(graph.node(id))) continue;
      const ValueId leaf{id, 0};
      const bool given_up = assigned.contains(leaf);  // its old value is replaced at the end of the run anyway
      add_block(leaf, {Placement::Kind::leaf, leaf, 0}, uses_[id][0] + (given_up ? 0 : 1));
    }
  }

  MemoryPlan run(std::span<const int> schedule, std::span<const std::size_t> scratch_bytes) {
    for (const int id : schedule) {
      place_outputs(id);
      if (scratch_bytes[id] > 0) {
        plan_.scratch[id] = arena_.allocate(scratch_bytes[id]);
        plan_.unshared_bytes += scratch_bytes[id];
        arena_.release(plan_.scratch[id], scratch_bytes[id]);
      }
      for (const ValueId input : graph_.node(id).inputs) use(block(input));
      for (int output = 0; output < static_cast<int>(graph_.node(id).outputs.size()); ++output) {
        free_if_dead(block({id, output}));  // nobody wants it
      }
    }
    for (int id = 0; id < graph_.size(); ++id) {
      for (std::size_t output = 0; output < block_of_[id].size(); ++output) {
        if (block_of_[id][output] >= 0) plan_.values[id][output] = blocks_[block_of_[id][output]].placement;
      }
    }
    plan_.arena_bytes = arena_.end();
    return std::move(plan_);
  }

 private:
  Block& block(ValueId id) { return blocks_[block_of_[id.node][id.output]]; }

  void add_block(ValueId id, const Placement& placement, int uses) {
    block_of_[id.node][id.output] = static_cast<int>(blocks_.size());
    blocks_.push_back({placement, graph_.type(id).bytes(), uses});
  }

  void share_block(ValueId id, ValueId with) {
    block_of_[id.node][id.output] = block_of_[with.node][with.output];
    block(id).uses_left += uses_[id.node][id.output];
  }

  void place_outputs(int id) {
    const Node& node = graph_.node(id);
    std::set<int> taken;
    for (int output = 0; output < static_cast<int>(node.outputs.size()); ++output) {
      const ValueId value{id, output};
      if (node.op->view) {
        share_block(value, node.inputs[0]);
        continue;
      }
      const int input = node.op->in_place != nullptr ? node.op->in_place(node, output) : -1;
      if (input >= 0 && may_take(node, node.inputs[input], value) &&
          taken.insert(block_of_[node.inputs[input].node][node.inputs[input].output]).second) {
        share_block(value, node.inputs[input]);
        continue;
      }
      const std::size_t bytes = node.outputs[output].bytes();
      plan_.unshared_bytes += bytes;
      add_block(value, {Placement::Kind::arena, {}, arena_.allocate(bytes)}, uses_[id][output]);
    }
  }

  /// Whether this node is the last that uses the memory of `input`, and `output` fits and may stay there.
  bool may_take(const Node& node, ValueId input, ValueId output) {
    const int index = block_of_[input.node][input.output];
    // A variable's memory takes on what is assigned to it at the end: what lives longer than that must lie elsewhere.
    const auto kept = assigned_to_.find(output);
    if (kept != assigned_to_.end() && blocks_[index].placement.kind == Placement::Kind::leaf &&
        kept->second != blocks_[index].placement.leaf) {
      return false;
    }
    const auto own_uses =
        std::ranges::count_if(node.inputs, [&](ValueId other) { return block_of_[other.node][other.output] == index; });
    return blocks_[index].uses_left == own_uses && blocks_[index].bytes == graph_.type(output).bytes();
  }

  void use(Block& used) {
    --used.uses_left;
    free_if_dead(used);
  }

  void free_if_dead(Block& dead) {
    if (dead.uses_left > 0 || dead.placement.kind != Placement::Kind::arena ||
        freed_.contains(&dead - blocks_.data())) {
      return;
    }
    freed_.insert(&dead - blocks_.data());
    arena_.release(dead.placement.offset, dead.bytes);
  }

  const Graph& graph_;
  ArenaAllocator arena_;
  std::vector<std::vector<int>> uses_;      // by node and output
  std::vector<std::vector<int>> block_of_;  // by node and output
  std::vector<Block> blocks_;
  std::set<std::ptrdiff_t> freed_;
  static constexpr ValueId kNoVariable{};
  std::map<ValueId, ValueId> assigned_to_;  // values used after the last node: the variable, kNoVariable for an output
  MemoryPlan plan_;
};

}  // namespace

std::vector<int> make_schedule(const Graph& graph) {
  std::vector<bool> needed(graph.size(), false);
  for (const auto& [name, id] : graph.outputs()) needed[id.node] = true;
  for (const auto& [variable, id] : graph.assignments()) needed[variable.node] = needed[id.node] = true;
  for (int id = graph.size() - 1; id >= 0; --id) {
    if (!needed[id]) continue;
    for (const ValueId input : graph.node(id).inputs) needed[input.node] = true;
  }
  std::vector<int> schedule;
  for (int id = 0; id < graph.size(); ++id) {
    if (needed[id] && !is_leaf(graph.node(id))) schedule.push_back(id);
  }
  return schedule;
}

MemoryPlan plan_memory(const Graph& graph, std::span<const int> schedule, std::span<const std::size_t> scratch_bytes,
                       const PlanOptions& options) {
  return Planner(graph, schedule, options).run(schedule, scratch_bytes);
}

}  // namespace genocuda

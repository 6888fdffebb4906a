// SPDX-License-Identifier: Apache-2.0
#include "learn/data/resident_data.h"

#include <cmath>
#include <span>
#include <utility>

#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/rearrange.h"
#include "core/ops/reduction.h"

namespace genocuda {
namespace {

/// 1 where a signal is at least one half, else 0. Exact: twice a number is, and what is above 1 comes out as 1.
Value as_classes(Value x) {
  const Value at_least_half = thresholded_relu(x, std::nextafter(0.5f, 0.0f));  // others are 0
  return scale(relu(scale(at_least_half, -2, 1)), -1, 1);
}

/// log(1 + Σ) over the positions of windows [batch, positions, channels], of all channels together or of each.
Value log_totals(Value windows, bool together) { return log1p(relu(sum(windows, 1, together ? 3 : 2))); }

/// What is missing is NaN all the way, and so does not count.
Value signal_target(Graph& graph, const ResidentTracks& resident, const HeadColumns& head, std::int64_t batch) {
  const HeadSignal& signal = *head.signal;
  Value target = resident.windows(graph, batch, signal.bases);
  if (signal.measure == TargetMeasure::log_total) {
    target = log_totals(target, head.count == 1);
  } else if (head.loss == LossKind::bce_with_logits) {
    target = as_classes(target);
  }
  return reshape(target, {batch, head.count});
}

}  // namespace

ResidentData::ResidentData(Device& device, const ModelSpec& spec, const Examples& examples,
                           std::vector<HeadColumns> heads, const LabelWeights& weights)
    : heads_(std::move(heads)), windows_(device, spec, examples, true), labels_(device, examples, heads_, weights) {}

SharedInputs ResidentData::shared() const {
  SharedInputs inputs = windows_.shared();
  inputs.merge(labels_.shared());
  return inputs;
}

std::vector<TargetValues> ResidentData::targets(Graph& graph, std::int64_t batch) const {
  const std::vector<TargetValues> of_labels = labels_.targets(graph, batch);
  auto label = of_labels.begin();
  std::vector<TargetValues> targets;
  for (const HeadColumns& head : heads_) {
    if (!head.signal) {
      targets.push_back(*label++);
      continue;
    }
    const Value target = signal_target(graph, windows_.signal(head.signal->name), head, batch);
    targets.push_back({target, graph.constant(1, {DType::f32, head.weight_shape(batch)})});
  }
  return targets;
}

void ResidentData::write(Executable& executable, const Batch& batch) const {
  if (!labels_.empty()) executable.write(ResidentLabels::kRows, std::span(batch.rows));
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    if (!heads_[h].signal) continue;
    const HeadSignal& signal = *heads_[h].signal;
    executable.write(windows_.signal(signal.name).places_input(signal.bases), std::span(batch.target_places[h]));
  }
}

}  // namespace genocuda

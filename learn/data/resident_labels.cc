// SPDX-License-Identifier: Apache-2.0
#include "learn/data/resident_labels.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/ops/lookup.h"
#include "core/ops/rearrange.h"
#include "learn/data/chunked_upload.h"

namespace genocuda {
namespace {

constexpr const char* kLabels = "labels";
constexpr const char* kWeights = "weights";

std::uint8_t byte_of(float label) { return std::isnan(label) ? kMissingByte : static_cast<std::uint8_t>(label); }

Value columns(Value all, std::int64_t first, std::int64_t count) {
  return count == all.shape()[1] ? all : slice(all, 1, first, count);
}

}  // namespace

ResidentLabels::ResidentLabels(Device& device, const Examples& examples, std::vector<HeadColumns> heads,
                               const LabelWeights& weights)
    : heads_(std::move(heads)),
      examples_(examples.size()),
      tasks_(examples.task_count()),
      as_bytes_(examples.labels.binary()) {
  std::erase_if(heads_, [](const HeadColumns& head) { return head.signal.has_value(); });
  if (empty()) return;
  if (!weights.all_equal()) {
    for (const HeadColumns& head : heads_) weight_columns_ += head.weight_count(1);
  }
  labels_ = Buffer(device, labels_type().bytes());
  weights_ = Buffer(device, weights_type().bytes());

  ChunkedUpload labels(device, labels_.data()), of_weights(device, weights_.data());
  std::vector<float> row(static_cast<std::size_t>(tasks_));
  std::vector<std::uint8_t> bytes(row.size());
  std::vector<Target> targets;
  for (std::int64_t example = 0; example < examples_; ++example) {
    examples.labels.copy_row(example, row.data());
    if (as_bytes_) {
      std::ranges::transform(row, bytes.begin(), byte_of);
      labels.append(std::span<const std::uint8_t>(bytes));
    } else {
      labels.append(std::span<const float>(row));
    }
    if (weight_columns_ == 0) continue;
    fill_targets(heads_, weights, examples, {&example, 1}, {}, 1, targets);
    for (const Target& target : targets) of_weights.append(std::span<const float>(target.weights));
  }
  labels.finish();
  of_weights.finish();
}

TensorType ResidentLabels::labels_type() const { return {as_bytes_ ? DType::u8 : DType::f32, {examples_, tasks_}}; }
TensorType ResidentLabels::weights_type() const { return {DType::f32, {examples_, weight_columns_}}; }

std::vector<TargetValues> ResidentLabels::targets(Graph& graph, std::int64_t batch) const {
  if (empty()) return {};
  const Value rows = graph.input(kRows, {DType::i64, {batch}});
  const Value labels = gather_rows(graph.input(kLabels, labels_type()), rows);
  const Value weights = weight_columns_ > 0 ? gather_rows(graph.input(kWeights, weights_type()), rows) : Value();
  std::vector<TargetValues> targets;
  std::int64_t first_weight = 0;
  for (const HeadColumns& head : heads_) {
    TargetValues values{columns(labels, head.first_label, head.count), {}};
    if (weights) {
      values.weights = reshape(columns(weights, first_weight, head.weight_count(1)), head.weight_shape(batch));
      first_weight += head.weight_count(1);
    } else {
      values.weights = graph.constant(1, {DType::f32, head.weight_shape(batch)});
    }
    targets.push_back(values);
  }
  return targets;
}

SharedInputs ResidentLabels::shared() const {
  if (empty()) return {};
  SharedInputs inputs{{kLabels, {labels_type(), labels_.data()}}};
  if (weight_columns_ > 0) inputs[kWeights] = {weights_type(), weights_.data()};
  return inputs;
}

}  // namespace genocuda

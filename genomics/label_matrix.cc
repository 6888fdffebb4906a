// SPDX-License-Identifier: Apache-2.0
#include "genomics/label_matrix.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace genocuda {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

}  // namespace

LabelMatrix::LabelMatrix(std::int64_t rows, std::int64_t tasks)
    : rows_(rows),
      tasks_(tasks),
      ones_(static_cast<std::size_t>(rows * words_per_row())),
      missing_(static_cast<std::size_t>(rows * words_per_row())) {}

float LabelMatrix::get(std::int64_t row, std::int64_t task) const {
  if (as_floats_) return floats_[static_cast<std::size_t>(row * tasks_ + task)];
  const std::size_t word = static_cast<std::size_t>(row * words_per_row() + task / 32);
  if (missing_[word] >> (task % 32) & 1u) return kMissing;
  return static_cast<float>(ones_[word] >> (task % 32) & 1u);
}

void LabelMatrix::set(std::int64_t row, std::int64_t task, float value) {
  if (!as_floats_ && value != 0.f && value != 1.f && !std::isnan(value)) use_floats();
  if (as_floats_) {
    floats_[static_cast<std::size_t>(row * tasks_ + task)] = value;
    return;
  }
  const std::size_t word = static_cast<std::size_t>(row * words_per_row() + task / 32);
  const std::uint32_t bit = 1u << (task % 32);
  ones_[word] = value == 1.f ? ones_[word] | bit : ones_[word] & ~bit;
  missing_[word] = std::isnan(value) ? missing_[word] | bit : missing_[word] & ~bit;
}

void LabelMatrix::copy_row(std::int64_t row, float* out) const {
  if (as_floats_) {
    std::copy_n(floats_.data() + row * tasks_, tasks_, out);
    return;
  }
  const std::uint32_t* ones = ones_.data() + row * words_per_row();
  const std::uint32_t* missing = missing_.data() + row * words_per_row();
  for (std::int64_t task = 0; task < tasks_; ++task) {
    const auto one = static_cast<float>(ones[task / 32] >> (task % 32) & 1u);
    out[task] = missing[task / 32] >> (task % 32) & 1u ? kMissing : one;
  }
}

void LabelMatrix::append_row(std::span<const float> labels) {
  add_empty_row();
  for (std::size_t task = 0; task < labels.size(); ++task)
    set(rows_ - 1, static_cast<std::int64_t>(task), labels[task]);
}

void LabelMatrix::append_row(const LabelMatrix& other, std::int64_t row) {
  add_empty_row();
  if (as_floats_ || other.as_floats_) {
    for (std::int64_t task = 0; task < tasks_; ++task) set(rows_ - 1, task, other.get(row, task));
    return;
  }
  const std::int64_t words = words_per_row(), from = row * words, to = (rows_ - 1) * words;
  std::copy_n(other.ones_.data() + from, words, ones_.data() + to);
  std::copy_n(other.missing_.data() + from, words, missing_.data() + to);
}

void LabelMatrix::add_empty_row() {
  ++rows_;
  if (as_floats_) {
    floats_.resize(static_cast<std::size_t>(rows_ * tasks_));
  } else {
    ones_.resize(static_cast<std::size_t>(rows_ * words_per_row()));
    missing_.resize(ones_.size());
  }
}

void LabelMatrix::use_floats() {
  std::vector<float> floats(static_cast<std::size_t>(rows_ * tasks_));
  for (std::int64_t row = 0; row < rows_; ++row) copy_row(row, floats.data() + row * tasks_);
  floats_ = std::move(floats);
  ones_ = {};
  missing_ = {};
  as_floats_ = true;
}

}  // namespace genocuda

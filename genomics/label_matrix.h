// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace genocuda {

/// The labels of n examples for a number of tasks; NaN is a label that is missing. As long as all are 0, 1 or missing
/// they take two bits each (4.4 million examples of 919 tasks fit in 1.1 GB); the first other value turns the whole
/// into floats.
class LabelMatrix {
 public:
  LabelMatrix() = default;
  /// `rows` rows of `tasks` labels, all 0.
  LabelMatrix(std::int64_t rows, std::int64_t tasks);

  std::int64_t rows() const { return rows_; }
  std::int64_t tasks() const { return tasks_; }
  /// True where every label set so far was 0, 1 or missing.
  bool binary() const { return !as_floats_; }

  float get(std::int64_t row, std::int64_t task) const;
  void set(std::int64_t row, std::int64_t task, float value);

  /// Writes the `tasks()` labels of a row.
  void copy_row(std::int64_t row, float* out) const;
  /// Adds a row of `tasks()` labels.
  void append_row(std::span<const float> labels);
  /// Adds a row of `other`, which has as many tasks.
  void append_row(const LabelMatrix& other, std::int64_t row);

 private:
  void use_floats();
  std::int64_t words_per_row() const { return (tasks_ + 31) / 32; }
  void add_empty_row();

  std::int64_t rows_ = 0, tasks_ = 0;
  bool as_floats_ = false;
  std::vector<std::uint32_t> ones_, missing_;  // bit planes, rows x words_per_row()
  std::vector<float> floats_;                  // rows x tasks, only once as_floats_
};

}  // namespace genocuda

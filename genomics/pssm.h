// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "genomics/motif.h"
#include "genomics/packed_sequence.h"

namespace genocuda {

/// A position-specific scoring matrix in whole numbers: a score is `unit` times the sum of a row's entries. Whole
/// numbers make sums exact in any order and on any device (a float holds them), and the distribution of scores finite.
///
/// `unit` is the power of 2, such as 1/256 bit, by which the range of scores has at most kFinestSteps steps. Every
/// entry is off by at most unit / 2, a score by at most width · unit / 2.
class Pssm {
 public:
  static constexpr std::int64_t kFinestSteps = 1 << 16;

  /// Error (invalid_argument) where there is no row, a weight is not finite, or all weights are the same in each row.
  Pssm(std::string id, std::string name, std::span<const BaseNumbers> weights);

  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }
  std::int64_t width() const { return static_cast<std::int64_t>(rows_.size()); }
  double unit() const { return unit_; }
  double largest_error() const { return static_cast<double>(width()) * unit_ / 2; }

  using Row = std::array<std::int32_t, dna::kBases>;
  const std::vector<Row>& rows() const { return rows_; }
  /// Sums of the smallest and of the largest entries.
  std::int32_t lowest() const { return lowest_; }
  std::int32_t highest() const { return highest_; }
  double value(std::int64_t steps) const { return static_cast<double>(steps) * unit_; }
  /// The least score in steps that is at least `score`, within the range lowest() to highest() + 1.
  std::int32_t at_least(double score) const;

  /// The score in steps of the window of width() bases at `position` of codes 0–3; see scan() for unknown bases.
  std::int32_t score(std::span<const std::uint8_t> codes, std::int64_t position) const;

  /// The matrix that scores a window as this one scores its reverse complement.
  Pssm reverse_complement() const;

 private:
  std::string id_, name_;
  std::vector<Row> rows_;
  double unit_ = 1;
  std::int32_t lowest_ = 0, highest_ = 0;
};

}  // namespace genocuda

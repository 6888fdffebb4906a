// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "genomics/examples.h"

namespace genocuda {

enum class Severity : std::uint8_t {
  info,     ///< a figure worth knowing
  warning,  ///< worth a look; training works
  fatal,    ///< training or its test would be worthless
};

const char* name_of(Severity severity);

/// What check() found about one subject, in one line.
struct Finding {
  Severity severity;
  std::string subject;  ///< "contigs", "bounds", "unknown bases", "duplicates", "leakage", "labels"
  std::string message;
};

struct CheckReport {
  std::vector<Finding> findings;

  std::int64_t count(Severity severity) const;
  bool fatal() const { return count(Severity::fatal) > 0; }
};

/// A part of the data: "train", "valid" or "test", or another name where there are no parts.
struct CheckedSet {
  std::string name;
  const Examples* examples;
};

/// From which shares on a finding is fatal; below, but above none, it is a warning.
struct CheckLimits {
  double outside = 0.1;          ///< windows of a set that lie wholly outside their contig
  double unknown_windows = 0.1;  ///< windows of a set without one known base
  double same_sequence = 0.05;   ///< examples of a later set whose sequence, on either strand, stands in an earlier one
  double overlapping = 0.05;     ///< examples of a later set whose place overlaps one of an earlier one
};

/// Looks at everything that ruins training before it starts, in time linear in the data (times its logarithm):
/// - contigs: how many and how long, of each genome; examples by chromosome of each set
/// - bounds: windows that reach over the ends of their contigs or lie wholly outside
/// - unknown bases: their share, windows without a known base
/// - duplicates: examples of a set with the same sequence, as it is or as reverse complement; those with different
/// labels
/// - leakage: the same sequence or overlapping places in two sets (the first counts as training). Examples at exactly
/// the same
///   place with other sequences (shuffled negatives) count as overlapping
/// - labels: positives and missing labels of every task; fatal where no task of the first set has both classes, a
/// warning for
///   each that has not; labels that are not 0 or 1 make it a regression, whose tasks must vary
/// Windows are compared where the sets have windows of one length.
CheckReport check(std::span<const CheckedSet> sets, const CheckLimits& limits = {});

}  // namespace genocuda

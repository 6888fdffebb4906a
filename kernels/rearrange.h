// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/block_table.h"
#include "kernels/stream.h"

/// Moving bytes: what joins, cuts and pads tensors along an axis, whatever their elements are.
namespace genocuda::kernels {

/// In each of several rows a run of `bytes`, from addresses `from_pitch` apart to addresses `to_pitch` apart. Zeros
/// where `from` is null.
struct CopiedRuns {
  const void* from;
  void* to;
  std::int64_t bytes, from_pitch, to_pitch;
};

/// Copies in as few launches as their number allows.
class Copies {
 public:
  Copies(std::int64_t rows, Stream stream) : rows_(rows), stream_(stream) {}
  void add(const CopiedRuns& runs);
  /// Launches what is left: to be called after the last add.
  void finish();

 private:
  static constexpr int kRunsOfLaunch = 48;

  std::int64_t rows_;
  Stream stream_;
  int size_ = 0;
  CopiedRuns runs_[kRunsOfLaunch];
};

}  // namespace genocuda::kernels

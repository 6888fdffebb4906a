// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Division of 64-bit indices by an extent that a launch knows beforehand: a multiplication and a shift, where the
/// hardware's own takes a subroutine of about a hundred instructions.

#include "kernels/device.cuh"

namespace genocuda::kernels {

class Divisor {
 public:
  /// By at least 1. (By 0: the results are undefined, but asking does no harm.)
  explicit Divisor(std::int64_t divisor) : divisor_(divisor) {
    while (shift_ < 63 && std::uint64_t{1} << shift_ < static_cast<std::uint64_t>(divisor)) ++shift_;
    const auto d = static_cast<Wide>(divisor > 0 ? divisor : 1);
    multiplier_ = static_cast<std::uint64_t>(((Wide{1} << (63 + shift_)) + d - 1) / d);
  }

  struct Result {
    std::int64_t quotient, remainder;
  };
  /// Of any index that is not negative. (Granlund, Montgomery 1994: ⌈2^(63 + shift) / divisor⌉ fits into 64 bits and
  /// is exact for dividends of 63.)
  __host__ __device__ Result divide(std::int64_t index) const {
    const Wide product = static_cast<Wide>(static_cast<std::uint64_t>(index) * 2) * multiplier_;
    const auto quotient = static_cast<std::int64_t>(static_cast<std::uint64_t>(product >> 64) >> shift_);
    return {quotient, index - quotient * divisor_};
  }

 private:
  __extension__ typedef unsigned __int128 Wide;

  std::int64_t divisor_;
  std::uint64_t multiplier_ = 0;
  int shift_ = 0;
};

}  // namespace genocuda::kernels

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device.h"
#include "kernels/stream.h"

namespace genocuda::cuda {

/// A stream that kernels can be launched into: the only streams that devices with the implementations of this folder
/// make.
class KernelStream : public Stream {
 public:
  virtual kernels::Stream native() const = 0;
};

inline kernels::Stream native(const Stream& stream) { return static_cast<const KernelStream&>(stream).native(); }

}  // namespace genocuda::cuda

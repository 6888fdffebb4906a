// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d.h"

#include "kernels/onehot_direct.cuh"

namespace genocuda::kernels {

void onehot_conv1d(const OnehotConv1d& conv, const DnaSource& dna, Storage storage, const void* filters, void* y,
                   Stream stream) {
  const OnehotPool each_position{
      .windows = conv.positions, .width = 1, .stride = 1, .pad_left = 0, .activated = false, .activation = {}};
  onehot_direct::run<false>(conv, each_position, dna, storage, filters, nullptr, y, nullptr, stream);
}

}  // namespace genocuda::kernels

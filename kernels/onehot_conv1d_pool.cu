// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d_pool.h"

#include "kernels/onehot_direct.cuh"

namespace genocuda::kernels {

void onehot_conv1d_pool(const OnehotConv1d& conv, const OnehotPool& pool, const DnaSource& dna, Storage storage,
                        const void* filters, const void* bias, void* y, std::uint8_t* argmax, Stream stream) {
  onehot_direct::run<true>(conv, pool, dna, storage, filters, bias, y, argmax, stream);
}

}  // namespace genocuda::kernels

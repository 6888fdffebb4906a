// SPDX-License-Identifier: Apache-2.0
#include "cuda/ops/rows.h"

namespace genocuda::cuda {

void add_onehot_conv1d(ImplementationTable&) {}

}  // namespace genocuda::cuda

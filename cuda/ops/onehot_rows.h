// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/ops/rows.h"
#include "kernels/onehot_conv1d.h"

namespace genocuda::cuda {

/// How filters of one-hot convolutions enter the tensor cores: in bf16 where that is asked for or how they are stored,
/// else in two parts, which are as accurate as fp32 and cost less than TF32 would.
inline kernels::FilterForm filter_form(const Problem& problem) {
  const bool rounded = problem.precision == Precision::bf16 || problem.outputs[0].dtype == DType::bf16;
  return rounded ? kernels::FilterForm::bf16 : kernels::FilterForm::split;
}

}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#include "cuda/implementations.h"

#include "cuda/ops/rows.h"

namespace genocuda {
namespace {

ImplementationTable make_table() {
  ImplementationTable table;
  cuda::add_activation(table);
  cuda::add_affine(table);
  cuda::add_arithmetic(table);
  cuda::add_batch_norm(table);
  cuda::add_onehot_conv1d_input_gradient(table);  // preferred to the general rows
  cuda::add_conv1d(table);
  cuda::add_dropout(table);
  cuda::add_kmer_counts(table);
  cuda::add_lookup(table);
  cuda::add_loss(table);
  cuda::add_matmul(table);
  cuda::add_one_hot(table);
  cuda::add_onehot_conv1d(table);
  cuda::add_onehot_conv1d_gradient(table);
  cuda::add_onehot_conv1d_pool(table);
  cuda::add_optimizer(table);
  cuda::add_pooling(table);
  cuda::add_rearrange(table);
  cuda::add_reduction(table);
  cuda::add_softmax(table);
  return table;
}

}  // namespace

const ImplementationTable& cuda_implementations() {
  static const ImplementationTable table = make_table();
  return table;
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "host/implementations.h"

#include "host/fast/rows.h"
#include "host/reference/reference.h"

namespace genocuda {
namespace {

ImplementationTable make_table() {
  ImplementationTable table;
  fast::add_batch_norm(table);
  fast::add_conv1d(table);
  fast::add_elementwise(table);
  fast::add_kmer_counts(table);
  fast::add_matmul(table);
  fast::add_onehot_conv1d(table);
  fast::add_optimizer(table);
  fast::add_pooling(table);
  fast::add_rearrange(table);
  fast::add_reduction(table);
  fast::add_softmax(table);
  reference::add_activation(table);
  reference::add_affine(table);
  reference::add_arithmetic(table);
  reference::add_batch_norm(table);
  reference::add_conv1d(table);
  reference::add_dropout(table);
  reference::add_kmer_counts(table);
  reference::add_lookup(table);
  reference::add_loss(table);
  reference::add_matmul(table);
  reference::add_one_hot(table);
  reference::add_onehot_conv1d_pool(table);
  reference::add_optimizer(table);
  reference::add_pooling(table);
  reference::add_rearrange(table);
  reference::add_reduction(table);
  reference::add_softmax(table);
  return table;
}

}  // namespace

const ImplementationTable& cpu_implementations() {
  static const ImplementationTable table = make_table();
  return table;
}

}  // namespace genocuda

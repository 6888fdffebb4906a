// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/ops/operator_case.h"

/// The families of the table: each function adds the cases of its file.
namespace genocuda::op_test {

void add_activation_cases(std::vector<OperatorCase>& cases);
void add_affine_cases(std::vector<OperatorCase>& cases);
void add_arithmetic_cases(std::vector<OperatorCase>& cases);
void add_batch_norm_cases(std::vector<OperatorCase>& cases);
void add_conv1d_cases(std::vector<OperatorCase>& cases);
void add_dropout_cases(std::vector<OperatorCase>& cases);
void add_kmer_counts_cases(std::vector<OperatorCase>& cases);
void add_lookup_cases(std::vector<OperatorCase>& cases);
void add_loss_cases(std::vector<OperatorCase>& cases);
void add_matmul_cases(std::vector<OperatorCase>& cases);
void add_one_hot_cases(std::vector<OperatorCase>& cases);
void add_onehot_conv1d_pool_cases(std::vector<OperatorCase>& cases);
void add_optimizer_cases(std::vector<OperatorCase>& cases);
void add_pooling_cases(std::vector<OperatorCase>& cases);
void add_rearrange_cases(std::vector<OperatorCase>& cases);
void add_reduction_cases(std::vector<OperatorCase>& cases);
void add_softmax_cases(std::vector<OperatorCase>& cases);

/// "2x3x5", for the names of cases.
std::string name_of(const Shape& shape);

}  // namespace genocuda::op_test

// SPDX-License-Identifier: Apache-2.0

// No include guard: the body of level_baseline.cc, level_v3.cc and level_v4.cc, which define GENOCUDA_LEVEL.

#include "host/fast/kernels/columns.h"
#include "host/fast/kernels/elementwise.h"
#include "host/fast/kernels/gather_conv.h"
#include "host/fast/kernels/kernels.h"
#include "host/fast/kernels/optimizer.h"
#include "host/fast/kernels/pooling.h"
#include "host/fast/kernels/softmax.h"

namespace genocuda::fast::GENOCUDA_LEVEL {

// GELU and log1p are left to the mathematical library.
constexpr Kernels kKernels{
    .activation = {unary<Sigmoid>, unary<Tanh>, unary<Relu>, unary<ThresholdedRelu>, unary<LeakyRelu>, unary<Softplus>,
                   unary<Elu>, nullptr, unary<Exp>, nullptr},
    .activation_gradient = {gradient<Sigmoid>, gradient<Tanh>, gradient<Relu>, gradient<ThresholdedRelu>,
                            gradient<LeakyRelu>, gradient<Softplus>, gradient<Elu>, nullptr, gradient<Exp>, nullptr},
    .add = add,
    .subtract = subtract,
    .multiply = multiply,
    .scale = scale,
    .accumulate = accumulate,
    .dropout = dropout,
    .add_bias = add_bias,
    .column_sums = column_sums,
    .sum = sum,
    .sum_of_squares = sum_of_squares,
    .moments = moments,
    .normalise = normalise,
    .normalise_sums = normalise_sums,
    .normalise_backward = normalise_backward,
    .scale_columns = scale_columns,
    .column_squares = column_squares,
    .max_pool_u8 = max_pool_u8,
    .max_pool_i32 = max_pool_i32,
    .max_pool_backward_u8 = max_pool_backward_u8,
    .max_pool_backward_i32 = max_pool_backward_i32,
    .gather_conv = gather_conv,
    .scatter_conv = scatter_conv,
    .stream = stream,
    .softmax = softmax,
    .softmax_gradient = softmax_gradient,
    .log_softmax = log_softmax,
    .log_softmax_backward = log_softmax_backward,
    .update = {sgd, adagrad, rmsprop, adam<false>, adam<true>},
};

}  // namespace genocuda::fast::GENOCUDA_LEVEL

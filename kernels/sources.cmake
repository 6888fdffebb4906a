# SPDX-License-Identifier: Apache-2.0
# The kernels, for the two that build them: kernels/CMakeLists.txt with nvcc, tests/emu with a host compiler.
set(GENOCUDA_KERNEL_SOURCES
    activation.cu
    activation_gradient.cu
    arithmetic.cu
    batch_norm.cu
    batch_norm_gradient.cu
    conv1d.cu
    dropout.cu
    few_rows.cu
    gemm.cu
    gemm_direct_bf16.cu
    gemm_direct_f32.cu
    gemm_mma_bf16.cu
    gemm_mma_f32_bf16.cu
    gemm_mma_f32_tf32.cu
    kmer_counts.cu
    lookup.cu
    loss.cu
    matmul.cu
    norm.cu
    one_hot.cu
    onehot_conv1d.cu
    onehot_conv1d_gradient.cu
    onehot_conv1d_gradient_mma.cu
    onehot_conv1d_input_gradient.cu
    onehot_conv1d_mma.cu
    onehot_conv1d_pool.cu
    onehot_conv1d_pool_mma.cu
    onehot_filters.cu
    optimizer.cu
    pooling.cu
    pooling_gradient.cu
    prelu.cu
    rearrange.cu
    reduction.cu
    softmax.cu
    transpose.cu)
list(TRANSFORM GENOCUDA_KERNEL_SOURCES PREPEND "${CMAKE_CURRENT_LIST_DIR}/")

# Sorting, counting and compaction over Thrust and CUB: they compile slowly, and the emulator does not run them.
set(GENOCUDA_THRUST_SOURCES
    compaction.cu
    kmers.cu
    ranking.cu)
list(TRANSFORM GENOCUDA_THRUST_SOURCES PREPEND "${CMAKE_CURRENT_LIST_DIR}/")

# SPDX-License-Identifier: Apache-2.0
# Tests of launchers, for the test program of every device that runs kernels.
set(GENOCUDA_KERNEL_TEST_SOURCES
    batch_norm_test.cc
    dna_test.cc
    dropout_test.cc
    elementwise_test.cc
    first_layer_test.cc
    gemm_test.cc
    kmer_counts_test.cc
    lookup_test.cc
    loss_test.cc
    mma_conformance_test.cc
    onehot_conv1d_test.cc
    onehot_gradient_test.cc
    onehot_input_gradient_test.cc
    optimizer_test.cc
    pooling_test.cc
    rearrange_test.cc
    reduction_test.cc
    softmax_test.cc
    storage_test.cc
    transpose_test.cc
    warp_conformance_test.cc)
list(TRANSFORM GENOCUDA_KERNEL_TEST_SOURCES PREPEND "${CMAKE_CURRENT_LIST_DIR}/")

# Kernels of the tests' own.
set(GENOCUDA_KERNEL_TEST_CUDA_SOURCES
    conformance.cu)
list(TRANSFORM GENOCUDA_KERNEL_TEST_CUDA_SOURCES PREPEND "${CMAKE_CURRENT_LIST_DIR}/")

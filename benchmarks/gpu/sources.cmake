# SPDX-License-Identifier: Apache-2.0
# The benchmark program of every device that runs kernels; it stands on tests/kernels/device_array.h.
set(GENOCUDA_GPU_BENCHMARK_SOURCES
    floors.cc
    layers.cc
    main.cc
    nets.cc
    operators.cc
    rows.cc
    subject.cc
    timing.cc)
list(TRANSFORM GENOCUDA_GPU_BENCHMARK_SOURCES PREPEND "${CMAKE_CURRENT_LIST_DIR}/")

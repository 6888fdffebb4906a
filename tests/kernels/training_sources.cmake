# SPDX-License-Identifier: Apache-2.0
# Tests of whole nets, of models that are trained and of data that lie on the device, for the test program of every
# device that runs kernels.
set(GENOCUDA_TRAINING_TEST_SOURCES
    kernels/trained_model_test.cc
    kernels/training_test.cc
    learn/data/placed_predictions_test.cc
    learn/data/resident_data_test.cc
    learn/data/resident_tracks_test.cc
    learn/data/signal_nets.cc
    learn/train/toy.cc
    support/rounding_device.cc
    support/small_net.cc
    # Last, and so are its tests: the threads that it makes slow ThreadSanitizer down for the rest of the process.
    kernels/several_threads_test.cc)
list(TRANSFORM GENOCUDA_TRAINING_TEST_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/tests/")

// SPDX-License-Identifier: Apache-2.0
// What of the CUDA runtime the code beside the libraries calls, for tests without a GPU: any ordinal is a device.
#include <cuda_runtime_api.h>

namespace {
thread_local int current_device = 0;
}

cudaError_t cudaGetDevice(int* device) {
  *device = current_device;
  return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) {
  current_device = device;
  return cudaSuccess;
}
const char* cudaGetErrorName(cudaError_t) { return "an error of the stub"; }
const char* cudaGetErrorString(cudaError_t) { return "an error of the stub"; }

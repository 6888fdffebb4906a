// SPDX-License-Identifier: Apache-2.0
#include "kernels/activation.h"

#include "kernels/activation_functions.cuh"
#include "kernels/elementwise.cuh"

namespace genocuda::kernels {

void activation(std::int64_t n, Storage storage, Activation f, const void* x, void* y, Stream stream) {
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    with_activation(f.kind, [&](auto kind) {
      launch_elementwise(stream, n, ActivationFunction<kind()>{f.alpha}, static_cast<T*>(y), static_cast<const T*>(x));
    });
  });
}

}  // namespace genocuda::kernels

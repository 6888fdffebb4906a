// SPDX-License-Identifier: Apache-2.0
#include "kernels/activation.h"
#include "kernels/activation_functions.cuh"
#include "kernels/elementwise.cuh"

namespace genocuda::kernels {
namespace {

/// Kinds whose derivative is written one way of y and another of x; the others have one form for what they are given.
constexpr bool has_two_forms(ActivationKind kind) {
  return kind == ActivationKind::thresholded_relu || kind == ActivationKind::elu;
}

}  // namespace

void activation_gradient(std::int64_t n, Storage storage, Activation f, const void* d, const void* saved,
                         bool from_output, void* result, Stream stream) {
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    with_activation(f.kind, [&](auto kind) {
      const auto run = [&](const auto& derivative) {
        launch_elementwise(stream, n, derivative, static_cast<T*>(result), static_cast<const T*>(d),
                           static_cast<const T*>(saved));
      };
      if constexpr (has_two_forms(kind())) {
        if (!from_output) return run(ActivationDerivative<kind(), false>{f.alpha});
      }
      run(ActivationDerivative<kind(), true>{f.alpha});
    });
  });
}

}  // namespace genocuda::kernels

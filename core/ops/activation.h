// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/graph.h"

/// Functions of one value, elementwise.
namespace genocuda {

enum class ActivationKind {
  sigmoid,
  tanh,
  relu,              ///< max(0, x), slope 0 at 0
  thresholded_relu,  ///< x where x > alpha, else 0
  leaky_relu,        ///< x where x > 0, else alpha · x
  softplus,          ///< log(1 + e^x), safe for large |x|
  elu,               ///< x where x > 0, else alpha · (e^x − 1)
  gelu,              ///< x · Φ(x), the exact form with erf
  exp,
  log1p,  ///< log(1 + x)
};

std::string_view name_of(ActivationKind kind);

/// y = f(x), of the type of `x`; `alpha` is used by the kinds that name it.
Value activation(Value x, ActivationKind kind, double alpha = 0);

inline Value sigmoid(Value x) { return activation(x, ActivationKind::sigmoid); }
inline Value tanh(Value x) { return activation(x, ActivationKind::tanh); }
inline Value relu(Value x) { return activation(x, ActivationKind::relu); }
inline Value thresholded_relu(Value x, double alpha) { return activation(x, ActivationKind::thresholded_relu, alpha); }
inline Value leaky_relu(Value x, double alpha = 0.01) { return activation(x, ActivationKind::leaky_relu, alpha); }
inline Value softplus(Value x) { return activation(x, ActivationKind::softplus); }
inline Value elu(Value x, double alpha = 1) { return activation(x, ActivationKind::elu, alpha); }
inline Value gelu(Value x) { return activation(x, ActivationKind::gelu); }
inline Value exp(Value x) { return activation(x, ActivationKind::exp); }
inline Value log1p(Value x) { return activation(x, ActivationKind::log1p); }

/// x where x > 0, else slope[c] · x, with a learned slope per channel: x [..., C], slope [C].
Value prelu(Value x, Value slope);

/// The largest of n linear pieces: x [..., n · C], piece-major (channel = piece · C + c), gives [..., C]. Ties go to
/// the first piece. (Goodfellow et al., "Maxout networks", 2013.)
Value maxout(Value x, int pieces);

namespace ops {
/// activation(x) -> y; activation_gradient(d, saved) -> d · f′, serves both modes since the Jacobian is diagonal.
/// `saved` is y where derivative_from_output(kind), else x: so that x may be overwritten where only y is needed.
extern const Operator kActivation, kActivationGradient;
struct ActivationAttributes {
  ActivationKind kind = ActivationKind::relu;
  double alpha = 0;
};
bool derivative_from_output(const ActivationAttributes& attributes);
/// "elu(0.5)"; "identity" where there is none.
std::string to_string(const std::optional<ActivationAttributes>& activation);

/// prelu(x, slope) -> y; prelu_backward(dy, x, slope) -> dx, dslope.
extern const Operator kPrelu, kPreluBackward;
}  // namespace ops

}  // namespace genocuda

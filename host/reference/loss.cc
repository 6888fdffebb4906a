// SPDX-License-Identifier: Apache-2.0
#include "core/ops/loss.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/reference/reference.h"

namespace genocuda::reference {
namespace {

double sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

/// The term of one entry with prediction p and target t, and its derivative in p.
double entry_term(LossKind kind, double p, double t) {
  switch (kind) {
    case LossKind::bce_with_logits:
      return softplus(p) - t * p;
    case LossKind::mse:
      return (p - t) * (p - t);
    default:
      return std::exp(p) - t * p;  // poisson
  }
}

double entry_slope(LossKind kind, double p, double t) {
  switch (kind) {
    case LossKind::bce_with_logits:
      return sigmoid(p) - t;
    case LossKind::mse:
      return 2 * (p - t);
    default:
      return std::exp(p) - t;  // poisson
  }
}

/// log softmax of a row is p − shift.
template <typename T>
double log_partition(const T* p, std::int64_t width) {
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::int64_t k = 0; k < width; ++k) largest = std::max<double>(largest, p[k]);
  for (std::int64_t k = 0; k < width; ++k) sum += std::exp(p[k] - largest);
  return largest + std::log(sum);
}

template <typename T>
double row_term(LossKind kind, const T* p, const T* t, std::int64_t width) {
  const double shift = log_partition(p, width);
  double term = 0, total = 0;
  for (std::int64_t k = 0; k < width; ++k) {
    if (t[k] == 0) continue;  // 0 · log 0 is 0
    term -= t[k] * (p[k] - shift);
    total += t[k];
    if (kind == LossKind::multinomial_nll) term += std::lgamma(t[k] + 1.0);
  }
  return kind == LossKind::multinomial_nll ? term - std::lgamma(total + 1) : term;
}

/// Writes factor · d term / d p of a row: the same for both kinds, the coefficient is constant.
template <typename T>
void row_slopes(const T* p, const T* t, std::int64_t width, double factor, T* dp) {
  const double shift = log_partition(p, width);
  double total = 0;
  for (std::int64_t k = 0; k < width; ++k) total += t[k];
  for (std::int64_t k = 0; k < width; ++k) dp[k] = static_cast<T>(factor * (std::exp(p[k] - shift) * total - t[k]));
}

/// The operands of a loss, and which of its terms count.
template <typename T>
struct Batch {
  /// `first` is the place of the prediction among the inputs.
  Batch(const RunContext& context, int first, const ops::LossAttributes& attributes)
      : kind(attributes.kind),
        rows(context.inputs[first].shape()[0]),
        width(context.inputs[first].shape()[1]),
        prediction(context.inputs[first].as<const T>()),
        target(context.inputs[first + 1].as<const T>()),
        weights(context.inputs[first + 2].as<const T>()) {
    for (std::int64_t row = 0; row < rows; ++row) {
      bool any = false;
      for (std::int64_t term = 0; term < terms_per_row(); ++term) {
        if (!counts(row, term)) continue;
        any = true;
        if (attributes.divisor == LossDivisor::weights) divisor += weight(row, term);
      }
      if (any && attributes.divisor == LossDivisor::examples) ++divisor;
    }
  }

  std::int64_t terms_per_row() const { return is_per_row(kind) ? 1 : width; }
  double weight(std::int64_t row, std::int64_t term) const { return weights[row * terms_per_row() + term]; }
  bool counts(std::int64_t row, std::int64_t term) const {
    if (!(weight(row, term) > 0)) return false;
    const T* t = target + row * width;
    if (!is_per_row(kind)) return !std::isnan(t[term]);
    return std::none_of(t, t + width, [](T label) { return std::isnan(label); });
  }

  LossKind kind;
  std::int64_t rows, width;
  const T* prediction;
  const T* target;
  const T* weights;
  double divisor = 0;
};

struct Loss {
  using Attributes = ops::LossAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Batch<T> batch(context, 0, attributes);
    double sum = 0;
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      const T* p = batch.prediction + row * batch.width;
      const T* t = batch.target + row * batch.width;
      for (std::int64_t term = 0; term < batch.terms_per_row(); ++term) {
        if (!batch.counts(row, term)) continue;
        sum += batch.weight(row, term) * (is_per_row(batch.kind) ? row_term(batch.kind, p, t, batch.width)
                                                                 : entry_term(batch.kind, p[term], t[term]));
      }
    }
    *context.outputs[0].as<T>() = static_cast<T>(batch.divisor > 0 ? sum / batch.divisor : 0);
    *context.outputs[1].as<T>() = static_cast<T>(batch.divisor);
  }
};

struct LossGradient {
  using Attributes = ops::LossAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const double dloss = *context.inputs[0].as<const T>();
    const Batch<T> batch(context, 1, attributes);
    T* gradient = context.outputs[0].as<T>();
    std::fill_n(gradient, batch.rows * batch.width, T{0});
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      const T* p = batch.prediction + row * batch.width;
      const T* t = batch.target + row * batch.width;
      T* dp = gradient + row * batch.width;
      for (std::int64_t term = 0; term < batch.terms_per_row(); ++term) {
        if (!batch.counts(row, term)) continue;
        const double factor = dloss * batch.weight(row, term) / batch.divisor;
        if (is_per_row(batch.kind)) {
          row_slopes(p, t, batch.width, factor, dp);
        } else {
          dp[term] = static_cast<T>(factor * entry_slope(batch.kind, p[term], t[term]));
        }
      }
    }
  }
};

}  // namespace

void add_loss(ImplementationTable& table) {
  table.add(ops::kLoss, implementation<Loss>());
  table.add(ops::kLossGradient, implementation<LossGradient>());
}

}  // namespace genocuda::reference

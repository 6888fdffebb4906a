// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/device.h"
#include "core/implementation.h"
#include "core/ops/activation.h"
#include "core/ops/affine.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "core/ops/pooling.h"
#include "core/passes.h"

namespace genocuda {
namespace {

/// The float one-hot tensor takes 128 bits a base, packed DNA three; a convolution that is its only reader looks at the
/// bases directly instead.
std::optional<std::vector<Value>> fuse_onehot_conv1d(const FusionSite& site) {
  if (site.node().op != &ops::kConv1d) return std::nullopt;
  const Node* one_hot = site.single_producer(0, ops::kOneHot);
  if (one_hot == nullptr) return std::nullopt;
  return {{onehot_conv1d(site.mapped(one_hot->inputs[0]), site.mapped(site.node().inputs[1]),
                         site.node().attribute<ops::Conv1dAttributes>().window,
                         one_hot->attribute<ops::OneHotAttributes>().unknown)}};
}

/// What follows the convolution up to a pool needs only the largest of each window: the convolution, the largest tensor
/// of a network over DNA, need not be in memory. The activation, where there is one, must let the maximum pass it.
std::optional<std::vector<Value>> fuse_onehot_conv1d_pool(const FusionSite& site) {
  const Node& pool = site.node();
  if (pool.op != &ops::kMaxPool1d) return std::nullopt;
  const Node* activation = site.single_producer(0, ops::kActivation);
  const Node* add_bias = site.single_producer(activation == nullptr ? pool : *activation, 0, ops::kAddBias);
  if (add_bias == nullptr) return std::nullopt;
  const Node* conv1d = site.single_producer(*add_bias, 0, ops::kConv1d);
  if (conv1d == nullptr) return std::nullopt;
  const Node* one_hot = site.single_producer(*conv1d, 0, ops::kOneHot);
  if (one_hot == nullptr) return std::nullopt;

  ops::OnehotConv1dPoolAttributes attributes{conv1d->attribute<ops::Conv1dAttributes>().window,
                                             one_hot->attribute<ops::OneHotAttributes>().unknown, std::nullopt,
                                             pool.attribute<ops::PoolAttributes>().window};
  if (activation != nullptr) attributes.activation = activation->attribute<ops::ActivationAttributes>();
  if (attributes.activation && !ops::can_follow_pool(*attributes.activation)) return std::nullopt;
  if (attributes.pool.width > ops::kWidestFusedPool) return std::nullopt;
  const Value dna = site.mapped(one_hot->inputs[0]);
  return dna.graph().apply(ops::kOnehotConv1dPool, attributes,
                           {dna, site.mapped(conv1d->inputs[1]), site.mapped(add_bias->inputs[1])});
}

/// f(add_bias(product)) that ends at a site, f the identity where there is no activation.
struct Affine {
  const Node& product;
  ValueId bias;
  std::optional<ops::ActivationAttributes> activation;
};

std::optional<Affine> match_affine(const FusionSite& site, const Operator& op) {
  const Node* add_bias = &site.node();
  std::optional<ops::ActivationAttributes> activation;
  if (add_bias->op == &ops::kActivation) {
    activation = add_bias->attribute<ops::ActivationAttributes>();
    if (!ops::derivative_from_output(*activation)) return std::nullopt;
    add_bias = site.single_producer(0, ops::kAddBias);
  }
  if (add_bias == nullptr || add_bias->op != &ops::kAddBias) return std::nullopt;
  const Node* product = site.single_producer(*add_bias, 0, op);
  if (product == nullptr) return std::nullopt;
  return Affine{*product, add_bias->inputs[1], activation};
}

/// Bias and activation cost nothing where the sums of the product are still in registers, and a pass over them each
/// where they are not.
std::optional<std::vector<Value>> fuse_dense_activation(const FusionSite& site) {
  const auto affine = match_affine(site, ops::kMatmul);
  if (!affine) return std::nullopt;
  const auto [transpose_a, transpose_b] = affine->product.attribute<ops::MatmulAttributes>();
  if (transpose_a || transpose_b) return std::nullopt;
  return {{dense_activation(site.mapped(affine->product.inputs[0]), site.mapped(affine->product.inputs[1]),
                            site.mapped(affine->bias), affine->activation)}};
}

/// As for a dense layer. A convolution of one-hot bases is left to the rules that spare the one-hot tensor.
std::optional<std::vector<Value>> fuse_conv1d_activation(const FusionSite& site) {
  const auto affine = match_affine(site, ops::kConv1d);
  if (!affine || site.single_producer(affine->product, 0, ops::kOneHot) != nullptr) return std::nullopt;
  return {{conv1d_activation(site.mapped(affine->product.inputs[0]), site.mapped(affine->product.inputs[1]),
                             site.mapped(affine->bias), affine->product.attribute<ops::Conv1dAttributes>().window,
                             affine->activation)}};
}

constexpr std::array kRules{
    FusionRule{"onehot_conv1d", fuse_onehot_conv1d, &ops::kOnehotConv1d},
    FusionRule{"onehot_conv1d_pool", fuse_onehot_conv1d_pool, &ops::kOnehotConv1dPool},
    FusionRule{"dense_activation", fuse_dense_activation, &ops::kDenseActivation},
    FusionRule{"conv1d_activation", fuse_conv1d_activation, &ops::kConv1dActivation},
};

bool pays(const FusionRule& rule, const Device& device) {
  return std::ranges::any_of(device.implementations().candidates(*rule.makes),
                             [](const Implementation& candidate) { return candidate.name != kReference; });
}

}  // namespace

std::vector<FusionRule> fusion_rules(const Device& device) {
  std::vector<FusionRule> rules;
  std::ranges::copy_if(kRules, std::back_inserter(rules), [&](const FusionRule& rule) { return pays(rule, device); });
  return rules;
}

std::span<const FusionRule> all_fusion_rules() { return kRules; }

}  // namespace genocuda

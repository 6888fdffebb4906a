// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "core/ops/conv1d.h"
#include "core/ops/one_hot.h"
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

constexpr std::array kRules{FusionRule{"onehot_conv1d", fuse_onehot_conv1d}};

}  // namespace

std::span<const FusionRule> fusion_rules() { return kRules; }

}  // namespace genocuda

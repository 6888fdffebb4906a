// SPDX-License-Identifier: Apache-2.0
// A neuron that is a motif detector, as docs/lecture.md shows it: one-hot DNA, a convolution whose filter is the
// lecture's scoring matrix, ReLU, and the maximum over all places.
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "core/dna.h"
#include "core/executable.h"
#include "core/ops/activation.h"
#include "core/ops/conv1d.h"
#include "core/ops/one_hot.h"
#include "core/ops/pooling.h"
#include "host/cpu_device.h"

namespace {

using namespace genocuda;

const std::string kBases = "GCATTACCGATAT";
constexpr std::int64_t kLength = 13, kWidth = 6;

/// A row a position of the motif; A, C, G, T.
const std::vector<float> kScores = {
    -5.7F, 0.5F,  0.5F,  -5.7F,  //
    -3.2F, -3.2F, 3.7F,  -3.2F,  //
    3.7F,  -3.2F, -3.2F, -3.2F,  //
    -3.2F, -3.2F, -3.2F, 3.7F,   //
    3.7F,  -3.2F, -3.2F, -3.2F,  //
    0.6F,  -5.7F, -5.7F, 0.5F,
};

std::vector<std::uint32_t> packed(const std::string& bases) {
  const auto length = static_cast<std::int64_t>(bases.size());
  std::vector<std::uint32_t> row(static_cast<std::size_t>(dna::row_words(length)));
  for (std::int64_t i = 0; i < length; ++i) {
    dna::set(row.data(), length, i, dna::code_of(bases[static_cast<std::size_t>(i)]));
  }
  return row;
}

}  // namespace

int main() {
  Graph graph;
  const Value dna = graph.input("dna", {DType::dna, {1, kLength}});
  const Value filter = graph.input("filter", {DType::f32, {kWidth, 4, 1}});
  const Value x = one_hot(dna);                               // [1, 13, 4]
  const Value scores = conv1d(x, filter, {.width = kWidth});  // [1, 8, 1]: W x at every place
  const Value fires = relu(scores);                           // max(0, W x)
  graph.output("one-hot", x);
  graph.output("scores", scores);
  graph.output("max(0, W x)", fires);
  graph.output("maximum", global_max_pool1d(fires));

  const std::unique_ptr<Device> device = make_cpu_device(1);
  VariableStore variables(*device);
  Executable executable(graph, variables);
  executable.write<std::uint32_t>("dna", packed(kBases));
  executable.write<float>("filter", kScores);
  executable.run();

  const std::vector<float> bits = executable.read<float>("one-hot");
  for (int base = 0; base < dna::kBases; ++base) {
    std::cout << dna::kLetters[base];
    for (std::int64_t i = 0; i < kLength; ++i) std::cout << ' ' << bits[static_cast<std::size_t>(i * 4 + base)];
    std::cout << '\n';
  }
  std::cout << std::fixed << std::setprecision(1);
  for (const char* name : {"scores", "max(0, W x)", "maximum"}) {
    std::cout << name << ':';
    for (const float each : executable.read<float>(name)) std::cout << ' ' << each;
    std::cout << '\n';
  }
  return 0;
}

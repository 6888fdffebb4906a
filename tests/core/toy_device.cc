// SPDX-License-Identifier: Apache-2.0
#include "toy_device.h"

#include <cstring>

#include "core/ops/arithmetic.h"

namespace genocuda::testing {
namespace {

class HostStream : public Stream {
  void upload(void* device, const void* host, std::size_t bytes) override { std::memcpy(device, host, bytes); }
  void download(void* host, const void* device, std::size_t bytes) override { std::memcpy(host, device, bytes); }
  void copy(void* to, const void* from, std::size_t bytes) override { std::memcpy(to, from, bytes); }
  void fill(void* to, unsigned char byte, std::size_t bytes) override { std::memset(to, byte, bytes); }
  void synchronize() override {}
};

template <typename Function>
Prepared elementwise(Function function) {
  return {[function](const RunContext& context) {
    const double* a = context.inputs[0].as<double>();
    const double* b = context.inputs.size() > 1 ? context.inputs[1].as<double>() : a;
    for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i) {
      context.outputs[0].as<double>()[i] = function(a[i], b[i]);
    }
  }};
}

bool always(const Problem&) { return true; }

}  // namespace

ToyDevice::ToyDevice() {
  table.add(ops::kAdd,
            {"toy", always, [](const Problem&) { return elementwise([](double a, double b) { return a + b; }); }});
  table.add(ops::kSubtract,
            {"toy", always, [](const Problem&) { return elementwise([](double a, double b) { return a - b; }); }});
  table.add(ops::kMultiply,
            {"toy", always, [](const Problem&) { return elementwise([](double a, double b) { return a * b; }); }});
  table.add(ops::kScale, {"toy", always, [](const Problem& problem) {
                            const auto scale = problem.attribute<ops::ScaleAttributes>();
                            return elementwise([scale](double a, double) { return scale.factor * a + scale.offset; });
                          }});
}

std::unique_ptr<Stream> ToyDevice::make_stream() { return std::make_unique<HostStream>(); }

}  // namespace genocuda::testing

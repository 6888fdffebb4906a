// SPDX-License-Identifier: Apache-2.0
#include "toy_device.h"

#include <cstring>
#include <utility>

#include "core/error.h"
#include "core/ops/arithmetic.h"

namespace genocuda::testing {
namespace {

/// Rows write where they are called, so that a recording is the call itself.
class HostRecording : public Recording {
 public:
  HostRecording(ToyDevice& device, std::function<void()> work) : device_(device), work_(std::move(work)) {}
  void replay() override {
    ++device_.replays;
    work_();
  }

 private:
  ToyDevice& device_;
  std::function<void()> work_;
};

class HostStream : public Stream {
 public:
  explicit HostStream(ToyDevice& device) : device_(device) {}

 private:
  void upload(void* device, const void* host, std::size_t bytes) override { std::memcpy(device, host, bytes); }
  void download(void* host, const void* device, std::size_t bytes) override { std::memcpy(host, device, bytes); }
  void copy(void* to, const void* from, std::size_t bytes) override { std::memcpy(to, from, bytes); }
  void fill(void* to, unsigned char byte, std::size_t bytes) override { std::memset(to, byte, bytes); }
  void synchronize() override {
    if (!device_.failure.empty()) throw Error(ErrorKind::device, std::exchange(device_.failure, {}));
  }
  void perform(const std::function<void()>& work) override {
    ++device_.performed;
    work();
  }
  std::unique_ptr<Recording> record(const std::function<void()>& work) override {
    if (!device_.can_record) return nullptr;
    ++device_.recordings;
    if (device_.recording_fails) throw Error(ErrorKind::device, "this cannot be recorded");
    return std::make_unique<HostRecording>(device_, work);
  }

  ToyDevice& device_;
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

std::unique_ptr<Stream> ToyDevice::make_stream() { return std::make_unique<HostStream>(*this); }

}  // namespace genocuda::testing

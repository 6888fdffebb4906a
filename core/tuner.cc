// SPDX-License-Identifier: Apache-2.0
#include "core/tuner.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <stdexcept>

#include <fmt/ranges.h>

#include "core/dna.h"
#include "core/error.h"
#include "core/philox.h"
#include "core/version.h"

namespace genocuda {
namespace {

/// How much faster a row must be than one before it in the table.
constexpr double kMargin = 0.95;
/// As long as a sample should take, so that the clock and the wait for the device weigh little; as many runs as it may
/// then have, and how many samples make a median.
constexpr double kSampleSeconds = 2e-3, kMostRuns = 200;
constexpr std::size_t kSamples = 7, kFewestSamples = 3;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Rows of any bases without N.
std::vector<std::byte> some_bases(std::int64_t rows, std::int64_t length) {
  std::vector<std::uint32_t> words(static_cast<std::size_t>(rows * dna::row_words(length)));
  philox::Generator random(1, 0);
  for (std::int64_t row = 0; row < rows; ++row) {
    std::uint32_t* const to = words.data() + row * dna::row_words(length);
    for (std::int64_t i = 0; i < length; ++i) dna::set(to, length, i, static_cast<std::uint8_t>(random.below(4)));
  }
  const auto bytes = std::as_bytes(std::span(words));
  return {bytes.begin(), bytes.end()};
}

template <typename Draw>
std::vector<std::byte> drawn(std::size_t elements, Draw draw) {
  std::vector<decltype(draw())> values(elements);
  std::ranges::generate(values, draw);
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

/// What a tensor that is not empty is filled with, by repetition: numbers in [-1, 1), bases, and zeros for what are
/// places somewhere, which must exist.
std::vector<std::byte> some_data(const TensorType& type) {
  constexpr std::int64_t kElements = 1 << 18;
  if (type.dtype == DType::dna) {
    const std::int64_t length = type.shape[-1];
    return some_bases(std::min(type.shape.elements() / length, 1 + kElements / length), length);
  }
  const auto count = static_cast<std::size_t>(std::min(type.shape.elements(), kElements));
  philox::Generator random(1, 0);
  const auto number = [&] { return static_cast<float>(2 * random.uniform() - 1); };
  switch (type.dtype) {
    case DType::f64:
      return drawn(count, [&] { return double{number()}; });
    case DType::f32:
      return drawn(count, number);
    case DType::bf16:
      return drawn(count, [&] { return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(number()) >> 16); });
    default:
      return std::vector<std::byte>(count * size_of(type.dtype));
  }
}

/// Tensors of the operands' types in memory of their own.
class Operands {
 public:
  Operands(Device& device, Stream& stream, std::span<const TensorType> types, bool filled) {
    for (const TensorType& type : types) {
      const std::size_t bytes = type.bytes();
      buffers_.emplace_back(device, bytes);
      views_.push_back({type, buffers_.back().data()});
      if (!filled || bytes == 0) continue;
      const std::vector<std::byte> pattern = some_data(type);
      for (std::size_t at = 0; at < bytes; at += pattern.size()) {
        stream.upload(buffers_.back().data() + at, pattern.data(), std::min(pattern.size(), bytes - at));
      }
      stream.synchronize();
    }
  }
  const std::vector<TensorView>& views() const { return views_; }

 private:
  std::vector<Buffer> buffers_;
  std::vector<TensorView> views_;
};

/// Work put into a stream several times over, as executables do it: recorded where the device can.
class Repeated {
 public:
  Repeated(Stream& stream, const std::function<void()>& once, int times) : stream_(stream), times_(times) {
    work_ = [once, times] {
      for (int i = 0; i < times; ++i) once();
    };
    try {
      recording_ = stream.record(work_);
    } catch (const std::runtime_error&) {  // an Error, or what a launcher throws
      // It works and cannot be recorded: executables go on without, too.
    }
  }

  /// Seconds of one time, by the host's clock and with the wait for the device.
  double time() const {
    const double start = seconds_now();
    if (recording_ != nullptr) {
      recording_->replay();
    } else {
      stream_.perform(work_);
    }
    stream_.synchronize();
    return (seconds_now() - start) / times_;
  }

 private:
  Stream& stream_;
  int times_;
  std::function<void()> work_;
  std::unique_ptr<Recording> recording_;
};

/// Seconds of a run of an implementation, in at most about `share` seconds.
double time_one(const Implementation& implementation, const Problem& problem, const Operands& inputs,
                const Operands& outputs, Stream& stream, double share) {
  const Prepared prepared = implementation.prepare(problem);
  const Buffer scratch(*problem.device, prepared.scratch_bytes);
  const auto once = [&] { prepared.run({inputs.views(), outputs.views(), scratch.data(), stream}); };
  const double start = seconds_now();
  stream.perform(once);  // loads kernels, fills caches
  stream.synchronize();
  const double first = Repeated(stream, once, 1).time();
  if (seconds_now() - start > share) return first;
  const Repeated sample(stream, once,
                        static_cast<int>(std::clamp(kSampleSeconds / std::max(first, 1e-7), 1.0, kMostRuns)));
  std::vector<double> samples;
  while (samples.size() < kSamples && (samples.size() < kFewestSamples || seconds_now() - start < share)) {
    samples.push_back(sample.time());
  }
  std::ranges::nth_element(samples, samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2));
  return samples[samples.size() / 2];
}

/// What `time` returns; its errors name the implementation and the problem.
template <typename Time>
double named_errors(const Implementation& implementation, const Problem& problem, Time time) {
  const auto text = [&](const std::exception& error) {
    return fmt::format("timing the implementation {} of {}: {}", implementation.name, describe(problem), error.what());
  };
  try {
    return time();
  } catch (const Error& error) {
    throw Error(error.kind(), "{}", text(error));
  } catch (const std::runtime_error& error) {  // a launcher's: kernels know no other type
    throw Error(ErrorKind::device, "{}", text(error));
  }
}

std::string types_text(std::span<const TensorType> types) {
  std::vector<std::string> texts;
  for (const TensorType& type : types) texts.push_back(type.to_string());
  return fmt::format("({})", fmt::join(texts, ", "));
}

}  // namespace

std::string describe(const Problem& problem) {
  std::string attributes;
  if (problem.attributes.has_value()) {
    if (problem.op.describe == nullptr) return {};
    attributes = fmt::format(", {}", problem.op.describe(problem.attributes));
  }
  return fmt::format("{}{} -> {}, {}{}", problem.op.name, types_text(problem.inputs), types_text(problem.outputs),
                     name_of(problem.precision), attributes);
}

std::string describe_for_tuning(const Device& device) {
  return fmt::format("{}; genocuda {}", device.description(), version());
}

Tuner::Tuner(std::shared_ptr<TuningStore> store) : store_(std::move(store)) {}

std::vector<const Implementation*> Tuner::candidates(const Problem& problem) const {
  std::vector<const Implementation*> fitting;
  for (const Implementation& candidate : problem.device->implementations().candidates(problem.op)) {
    // Of rows that share a name, as those for several precisions do, choose() takes the first that fits.
    const bool has_namesake = std::ranges::find(fitting, candidate.name, &Implementation::name) != fitting.end();
    if (has_namesake || (candidate.name == kReference && !fitting.empty())) continue;
    if (candidate.supports(problem)) fitting.push_back(&candidate);
  }
  return fitting;
}

std::optional<Tuning> Tuner::time(const Problem& problem, const std::vector<const Implementation*>& candidates) const {
  Tuning result;
  try {
    const std::unique_ptr<Stream> stream = problem.device->make_stream();
    const Operands inputs(*problem.device, *stream, problem.inputs, true);
    const Operands outputs(*problem.device, *stream, problem.outputs, false);
    const double share = seconds_a_problem / static_cast<double>(candidates.size());
    double best = 0;
    for (const Implementation* candidate : candidates) {
      const double seconds = named_errors(
          *candidate, problem, [&] { return time_one(*candidate, problem, inputs, outputs, *stream, share); });
      result.seconds[std::string(candidate->name)] = seconds;
      if (!result.implementation.empty() && seconds >= kMargin * best) continue;
      best = seconds;
      result.implementation = candidate->name;
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::out_of_memory) throw;
    return {};
  }
  return result;
}

const Implementation* Tuner::choose(const Problem& problem) {
  const std::vector<const Implementation*> fitting = candidates(problem);
  const std::string text = describe(problem);
  if (fitting.size() < 2 || text.empty()) return nullptr;
  const auto named = [&](const std::optional<Tuning>& tuning) -> const Implementation* {
    if (!tuning) return nullptr;
    const auto found = std::ranges::find(fitting, tuning->implementation, &Implementation::name);
    return found == fitting.end() ? nullptr : *found;
  };

  const std::lock_guard lock(mutex_);
  const std::string device = describe_for_tuning(*problem.device), key = fmt::format("{}\n{}", device, text);
  if (const auto known = known_.find(key); known != known_.end()) return named(known->second);
  std::optional<Tuning> tuning = store_ == nullptr ? std::nullopt : store_->find(device, text);
  if (named(tuning) == nullptr) {
    tuning = time(problem, fitting);
    if (!tuning) return nullptr;
    if (store_ != nullptr) store_->keep(device, text, *tuning);
    if (report) {
      std::vector<std::string> times;
      for (const Implementation* each : fitting) {
        times.push_back(fmt::format("{} {:.1f} µs", each->name, 1e6 * tuning->seconds.at(std::string(each->name))));
      }
      report(fmt::format("{}: {}", text, fmt::join(times, ", ")));
    }
  }
  return named(known_.insert_or_assign(key, *tuning).first->second);
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "tests/ops/operator_case.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/ranges.h>

#include "core/dna.h"
#include "core/philox.h"
#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

/// FNV-1a: the same on every platform, so that a failure is the same everywhere.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325u;
  for (const unsigned char letter : text) value = (value ^ letter) * 0x100000001b3u;
  return value;
}

double draw_uniform(const Data& data, philox::Generator& random) {
  for (;;) {
    const double value = static_cast<float>(data.low + (data.high - data.low) * random.uniform());
    if (data.gap == 0 || std::abs(value - data.kink) >= data.gap) return value;
  }
}

std::vector<double> draw_distinct(const Data& data, std::size_t count, philox::Generator& random) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(data.low + (data.high - data.low) * (static_cast<double>(i) + 0.5) / count);
    std::swap(values[i], values[random.below(static_cast<std::uint32_t>(i + 1))]);
  }
  return values;
}

double draw_base(const Data& data, philox::Generator& random) {
  return random.uniform() < data.unknown ? dna::kUnknown : random.below(dna::kBases);
}

std::vector<double> draw(const Data& data, std::size_t count, philox::Generator& random) {
  if (data.kind == Data::Kind::distinct) return draw_distinct(data, count, random);
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    switch (data.kind) {
      case Data::Kind::uniform:
        values[i] = draw_uniform(data, random);
        break;
      case Data::Kind::integers:
        values[i] = data.low + random.below(static_cast<std::uint32_t>(data.high - data.low) + 1);
        break;
      case Data::Kind::bases:
        values[i] = draw_base(data, random);
        break;
      case Data::Kind::values:
        values[i] = data.values[i % data.values.size()];
        break;
      case Data::Kind::distinct:
        break;
    }
  }
  return values;
}

template <typename T>
std::vector<std::byte> bytes_of(std::span<const double> values) {
  std::vector<T> numbers;
  for (const double value : values) numbers.push_back(static_cast<T>(value));
  const auto bytes = std::as_bytes(std::span(numbers));
  return {bytes.begin(), bytes.end()};
}

template <typename T>
std::vector<double> numbers_of(std::span<const std::byte> bytes) {
  std::vector<double> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T number;
    std::memcpy(&number, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<double>(number);
  }
  return values;
}

/// bf16 is the upper half of a float.
std::uint16_t to_bf16(double value) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | 0x40u);
  return static_cast<std::uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

double from_bf16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

std::vector<std::byte> packed_bytes(const HostTensor& tensor) {
  const std::int64_t length = tensor.type.shape[-1], rows = tensor.type.shape.product(0, tensor.type.shape.rank() - 1);
  std::vector<std::uint32_t> words(rows * dna::row_words(length));
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < length; ++i) {
      dna::set(&words[row * dna::row_words(length)], length, i,
               static_cast<std::uint8_t>(tensor.values[row * length + i]));
    }
  }
  const auto bytes = std::as_bytes(std::span(words));
  return {bytes.begin(), bytes.end()};
}

std::vector<double> unpacked(const TensorType& type, std::span<const std::byte> bytes) {
  const std::int64_t length = type.shape[-1], rows = type.shape.product(0, type.shape.rank() - 1);
  std::vector<std::uint32_t> words(bytes.size() / sizeof(std::uint32_t));
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
  std::vector<double> codes;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < length; ++i) {
      codes.push_back(dna::get(&words[row * dna::row_words(length)], length, i));
    }
  }
  return codes;
}

/// 0 where the two are the same number or both NaN, infinity where only one is finite.
double distance(double expected, double actual) {
  if (std::isnan(expected) || std::isnan(actual)) {
    return std::isnan(expected) && std::isnan(actual) ? 0 : std::numeric_limits<double>::infinity();
  }
  return expected == actual ? 0 : std::abs(expected - actual);
}

}  // namespace

Value CaseValues::operator[](std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw std::out_of_range(fmt::format("the case has no input '{}'", name));
  return found->second;
}

HostTensor make_data(const OperatorCase& operator_case, const CaseInput& input, DType dtype) {
  philox::Generator random(hash(operator_case.name), hash(input.name));
  const TensorType type{input.dtype == DType::f64 ? dtype : input.dtype, input.shape};
  return {type, draw(input.data, static_cast<std::size_t>(input.shape.elements()), random)};
}

HostTensor random_numbers(std::string_view key, const TensorType& type) {
  philox::Generator random(hash(key), 0);
  return {type, draw(uniform(), static_cast<std::size_t>(type.shape.elements()), random)};
}

void round_to(DType dtype, std::span<double> values) {
  for (double& value : values) {
    if (dtype == DType::f32) value = static_cast<float>(value);
    if (dtype == DType::bf16) value = from_bf16(to_bf16(value));
  }
}

std::vector<std::byte> to_bytes(const HostTensor& tensor) {
  switch (tensor.type.dtype) {
    case DType::f64:
      return bytes_of<double>(tensor.values);
    case DType::f32:
      return bytes_of<float>(tensor.values);
    case DType::i64:
      return bytes_of<std::int64_t>(tensor.values);
    case DType::i32:
      return bytes_of<std::int32_t>(tensor.values);
    case DType::u8:
      return bytes_of<std::uint8_t>(tensor.values);
    case DType::dna:
      return packed_bytes(tensor);
    case DType::bf16: {
      std::vector<double> halves;
      for (const double value : tensor.values) halves.push_back(to_bf16(value));
      return bytes_of<std::uint16_t>(halves);
    }
  }
  throw std::invalid_argument("no host tensors of " + tensor.type.to_string());
}

HostTensor from_bytes(const TensorType& type, std::span<const std::byte> bytes) {
  switch (type.dtype) {
    case DType::f64:
      return {type, numbers_of<double>(bytes)};
    case DType::f32:
      return {type, numbers_of<float>(bytes)};
    case DType::i64:
      return {type, numbers_of<std::int64_t>(bytes)};
    case DType::i32:
      return {type, numbers_of<std::int32_t>(bytes)};
    case DType::u8:
      return {type, numbers_of<std::uint8_t>(bytes)};
    case DType::dna:
      return {type, unpacked(type, bytes)};
    case DType::bf16: {
      std::vector<double> values = numbers_of<std::uint16_t>(bytes);
      for (double& value : values) value = from_bf16(static_cast<std::uint16_t>(value));
      return {type, std::move(values)};
    }
  }
  throw std::invalid_argument("no host tensors of " + type.to_string());
}

namespace {

struct WorstElement {
  double scale = 0.01, error = 0;
  std::size_t where = 0;
};

WorstElement worst_element(const HostTensor& expected, const HostTensor& actual) {
  WorstElement worst;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    if (std::isfinite(expected.values[i])) worst.scale = std::max(worst.scale, std::abs(expected.values[i]));
    const double error = distance(expected.values[i], actual.values[i]);
    if (error > worst.error) {
      worst.error = error;
      worst.where = i;
    }
  }
  return worst;
}

}  // namespace

std::string difference(const HostTensor& expected, const HostTensor& actual, double tolerance) {
  if (expected.type.shape != actual.type.shape || expected.values.size() != actual.values.size()) {
    return fmt::format("{} ({} numbers), expected {} ({})", actual.type.to_string(), actual.values.size(),
                       expected.type.to_string(), expected.values.size());
  }
  const auto [scale, worst, where] = worst_element(expected, actual);
  const double allowed = is_floating(expected.type.dtype) ? tolerance * scale : 0;
  if (worst <= allowed) return "";
  return fmt::format("element {} of {} is {}, expected {} (off by {:.3g}, allowed {:.3g})", where,
                     expected.type.to_string(), actual.values[where], expected.values[where], worst, allowed);
}

double relative_error(const HostTensor& expected, const HostTensor& actual) {
  const WorstElement worst = worst_element(expected, actual);
  return worst.error / worst.scale;
}

std::string family_of(const OperatorCase& operator_case) {
  return operator_case.name.substr(0, operator_case.name.find('/'));
}

std::string name_of(const Shape& shape) { return fmt::format("{}", fmt::join(shape.extents(), "x")); }

const std::vector<OperatorCase>& all_cases() {
  static const std::vector<OperatorCase> cases = [] {
    std::vector<OperatorCase> all;
    add_activation_cases(all);
    add_affine_cases(all);
    add_arithmetic_cases(all);
    add_batch_norm_cases(all);
    add_conv1d_cases(all);
    add_dropout_cases(all);
    add_kmer_counts_cases(all);
    add_lookup_cases(all);
    add_loss_cases(all);
    add_matmul_cases(all);
    add_one_hot_cases(all);
    add_onehot_conv1d_pool_cases(all);
    add_optimizer_cases(all);
    add_pooling_cases(all);
    add_rearrange_cases(all);
    add_reduction_cases(all);
    add_softmax_cases(all);
    return all;
  }();
  return cases;
}

}  // namespace genocuda::op_test

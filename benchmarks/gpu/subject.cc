// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/gpu/subject.h"

#include <algorithm>
#include <cstring>

#include "core/dna.h"

namespace genocuda::bench {
namespace {

constexpr std::size_t kMostSets = 32;
constexpr std::size_t kPatternBytes = std::size_t{1} << 22;

void fill_bases(std::vector<std::byte>& bytes, const Shape& shape, std::mt19937& random) {
  const std::int64_t length = shape[1];
  std::vector<std::uint32_t> words(bytes.size() / 4);
  for (std::int64_t row = 0; row < shape[0]; ++row) {
    std::uint32_t* first = words.data() + row * dna::row_words(length);
    for (std::int64_t i = 0; i < length; ++i) dna::set(first, length, i, static_cast<std::uint8_t>(random() % 4));
  }
  std::memcpy(bytes.data(), words.data(), bytes.size());
}

void fill_pattern(std::vector<std::byte>& bytes, DType dtype, std::mt19937& random) {
  std::uniform_real_distribution<float> uniform(0.1f, 1.0f);
  const std::size_t size = size_of(dtype);
  for (std::size_t i = 0; i + size <= bytes.size(); i += size) {
    const float number = uniform(random);
    std::uint32_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    if (dtype == DType::bf16) bits >>= 16;
    if (dtype == DType::i32) bits = 1;
    if (dtype == DType::u8) bits = random() % 3;
    std::memcpy(bytes.data() + i, &bits, size);
  }
}

}  // namespace

void fill_random(Stream& stream, const TensorView& tensor, std::mt19937& random) {
  const std::size_t bytes = tensor.type.bytes();
  if (bytes == 0) return;
  const bool bases = tensor.type.dtype == DType::dna;
  std::vector<std::byte> pattern(bases ? bytes : std::min(bytes, kPatternBytes));
  if (bases) {
    fill_bases(pattern, tensor.shape(), random);
  } else {
    fill_pattern(pattern, tensor.type.dtype, random);
  }
  auto* data = static_cast<std::byte*>(tensor.data);
  stream.upload(data, pattern.data(), pattern.size());
  for (std::size_t done = pattern.size(); done < bytes;) {
    const std::size_t more = std::min(done, bytes - done);
    stream.copy(data + done, data, more);
    done += more;
  }
  stream.synchronize();
}

Operands::Operands(Device& device, const LayerOperator& subject, std::size_t cached_bytes)
    : stream_(device.make_stream()) {
  std::size_t bytes = 1;
  for (const auto& types : {subject.inputs, subject.outputs}) {
    for (const TensorType& type : types) bytes += type.bytes();
  }
  std::mt19937 random(7);
  sets_.resize(std::clamp(cached_bytes / bytes + 1, std::size_t{1}, kMostSets));
  for (Set& set : sets_) {
    const auto make = [&](const TensorType& type) {
      return TensorView{type, buffers_.emplace_back(device, type.bytes()).data()};
    };
    for (const TensorType& type : subject.inputs) fill_random(*stream_, set.inputs.emplace_back(make(type)), random);
    for (const TensorType& type : subject.outputs) set.outputs.push_back(make(type));
  }
}

void Operands::run(int i, const Prepared& prepared, void* scratch) {
  const Set& set = sets_[static_cast<std::size_t>(i) % sets_.size()];
  prepared.run({set.inputs, set.outputs, scratch, *stream_});
}

}  // namespace genocuda::bench

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <iterator>
#include <set>

#include <nlohmann/json.hpp>

#include "learn/files/atomic_file.h"
#include "learn/files/safetensors.h"
#include "learn/files/safetensors_layout.h"

namespace genocuda {

using safetensors::kLengthBytes;
using safetensors::kMetadataKey;
using safetensors::shown;

namespace {

static_assert(std::endian::native == std::endian::little, "values go into the file as they are");

std::vector<const TensorRecord*> in_file_order(std::span<const TensorRecord> tensors) {
  std::vector<const TensorRecord*> ordered;
  ordered.reserve(tensors.size());
  for (const TensorRecord& tensor : tensors) ordered.push_back(&tensor);
  std::sort(ordered.begin(), ordered.end(), [](const TensorRecord* a, const TensorRecord* b) {
    return a->type != b->type ? a->type > b->type : a->name < b->name;
  });
  return ordered;
}

void check_tensors(std::span<const TensorRecord> tensors) {
  std::set<std::string_view> names;
  for (const TensorRecord& tensor : tensors) {
    if (tensor.name == kMetadataKey || !names.insert(tensor.name).second) {
      throw Error(ErrorKind::invalid_argument, "safetensors: the tensor name {} is taken", shown(tensor.name));
    }
    const auto bytes = safetensors::tensor_bytes(tensor.type, tensor.shape);
    if (bytes != tensor.data.size()) {
      throw Error(ErrorKind::invalid_argument, "safetensors: tensor {} of type {} and shape [{}] comes with {} bytes",
                  shown(tensor.name), safetensors_type_name(tensor.type), fmt::join(tensor.shape, ", "),
                  tensor.data.size());
    }
  }
}

std::string json_text(std::string_view text) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::type_error&) {
    throw Error(ErrorKind::invalid_argument, "safetensors: {} is no text in UTF-8", shown(text));
  }
}

/// The length and the header, padded.
std::string file_start(std::span<const TensorRecord* const> ordered, const SafetensorsMetadata& metadata) {
  std::string header(kLengthBytes, '\0');
  header += '{';
  const auto separate = [&] {
    if (header.back() != '{') header += ',';
  };
  if (!metadata.empty()) {
    header += json_text(kMetadataKey) + ":{";
    for (const auto& [key, value] : metadata) {
      separate();
      header += json_text(key) + ':' + json_text(value);
    }
    header += '}';
  }
  std::uint64_t offset = 0;
  for (const TensorRecord* tensor : ordered) {
    separate();
    fmt::format_to(std::back_inserter(header), R"({}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                   json_text(tensor->name), safetensors_type_name(tensor->type), fmt::join(tensor->shape, ","), offset,
                   offset + tensor->data.size());
    offset += tensor->data.size();
  }
  header += '}';
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = header.size() - kLengthBytes;
  if (length > safetensors::kMaxHeaderBytes) {
    throw Error(ErrorKind::invalid_argument, "safetensors: names, shapes and metadata take {} bytes, the format has {}",
                length, safetensors::kMaxHeaderBytes);
  }
  std::memcpy(header.data(), &length, kLengthBytes);
  return header;
}

/// Hands the file's bytes to `sink`, piece by piece.
template <typename Sink>
void serialize(std::span<const TensorRecord> tensors, const SafetensorsMetadata& metadata, Sink&& sink) {
  check_tensors(tensors);
  const std::vector<const TensorRecord*> ordered = in_file_order(tensors);
  const std::string start = file_start(ordered, metadata);
  sink(std::as_bytes(std::span(start)));
  for (const TensorRecord* tensor : ordered) sink(tensor->data);
}

}  // namespace

void write_safetensors(const std::string& path, std::span<const TensorRecord> tensors,
                       const SafetensorsMetadata& metadata) {
  write_file_atomically(path, [&](AtomicFile& file) {
    serialize(tensors, metadata, [&](std::span<const std::byte> piece) { file.write(piece); });
  });
}

std::vector<std::byte> serialize_safetensors(std::span<const TensorRecord> tensors,
                                             const SafetensorsMetadata& metadata) {
  std::vector<std::byte> bytes;
  serialize(tensors, metadata,
            [&](std::span<const std::byte> piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
  return bytes;
}

}  // namespace genocuda

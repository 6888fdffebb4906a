// SPDX-License-Identifier: Apache-2.0
// Any bytes are a safetensors file or an Error; what was read is written and read again unchanged.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "core/error.h"
#include "learn/files/safetensors.h"

using genocuda::SafetensorsFile;
using genocuda::TensorRecord;

namespace {

bool same(const SafetensorsFile& a, const SafetensorsFile& b) {
  const auto same_tensor = [&](const TensorRecord& tensor) {
    const TensorRecord* other = b.find(tensor.name);
    return other != nullptr && other->type == tensor.type && other->shape == tensor.shape &&
           std::equal(tensor.data.begin(), tensor.data.end(), other->data.begin(), other->data.end());
  };
  return a.metadata() == b.metadata() && a.tensors().size() == b.tensors().size() &&
         std::all_of(a.tensors().begin(), a.tensors().end(), same_tensor);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  try {
    const SafetensorsFile file = SafetensorsFile::parse({input.begin(), input.end()}, "fuzz");
    const SafetensorsFile again =
        SafetensorsFile::parse(genocuda::serialize_safetensors(file.tensors(), file.metadata()), "again");
    if (!same(file, again)) std::abort();
  } catch (const genocuda::Error&) {
  }
  return 0;
}

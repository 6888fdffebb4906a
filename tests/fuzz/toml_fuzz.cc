// SPDX-License-Identifier: Apache-2.0
// Any text is a model file or an Error; what was read comes back unchanged from TOML and JSON, and builds or is an
// Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "learn/model/summary.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace genocuda;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    parse_model_json(text, "fuzz");
  } catch (const Error&) {
  }
  ModelSpec spec;
  try {
    spec = parse_model_toml(text, "fuzz");
  } catch (const Error&) {
    return 0;
  }
  if (parse_model_toml(to_toml(spec), "again") != spec || parse_model_json(to_json(spec), "again") != spec)
    std::abort();
  try {
    summarise(spec);
  } catch (const Error&) {
  }
  return 0;
}

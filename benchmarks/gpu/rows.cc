// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/gpu/rows.h"

#include <cstdio>

namespace genocuda::bench {

void print(const nlohmann::ordered_json& row) {
  std::puts(row.dump().c_str());
  std::fflush(stdout);
}

void print(nlohmann::ordered_json row, const Timing& timing, const Floor& floor) {
  row["us"] = {timing.lower_quartile, timing.median, timing.upper_quartile};
  row["bytes"] = floor.bytes;
  auto& flop = row["flop"] = nlohmann::ordered_json::object();
  if (floor.fp32 > 0) flop["fp32"] = floor.fp32;
  if (floor.tf32 > 0) flop["tf32"] = floor.tf32;
  if (floor.bf16 > 0) flop["bf16"] = floor.bf16;
  print(row);
}

bool attempt(const nlohmann::ordered_json& row, const std::function<void()>& work) {
  try {
    work();
    return true;
  } catch (const std::exception& error) {
    nlohmann::ordered_json failed = row;
    failed["error"] = error.what();
    print(failed);
    return false;
  }
}

}  // namespace genocuda::bench

// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"
#include "genomics/check.h"
#include "genomics/sequence_table.h"

using namespace genocuda;

// Plain, gzip and bgzip tables of equal and of fitted length, checked as check() does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const std::int64_t length : {0, 13}) {
    try {
      LineReader lines(open_memory(std::string(reinterpret_cast<const char*>(data), size)), "input.csv");
      SequenceTableOptions options;
      options.length = length;
      const Examples examples = read_sequence_table(lines, options);
      const CheckedSet sets[] = {{"train", &examples}, {"test", &examples}};
      check(sets);
      require_binary(examples);
    } catch (const Error& error) {
      if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
    }
  }
  return 0;
}

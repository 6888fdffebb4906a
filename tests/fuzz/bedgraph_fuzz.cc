// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "genomics/bedgraph.h"

using namespace genocuda;

namespace {

class StringSink final : public ByteSink {
 public:
  void write(std::string_view bytes) override { text += bytes; }
  std::string text;
};

std::unique_ptr<SignalTrack> read(const std::string& text) {
  LineReader lines(open_memory(text), "input.bedgraph");
  return read_bedgraph(lines);
}

std::string written(const SignalTrack& track) {
  StringSink sink;
  write_bedgraph(track, sink);
  return sink.text;
}

}  // namespace

// What can be read is written so that it reads back as the same, but for a name that starts like a byte order mark.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto track = read(std::string(reinterpret_cast<const char*>(data), size));
    std::vector<float> values(100);
    for (std::int32_t contig = 0; contig < track->contigs().size(); ++contig) track->values(contig, -10, values);
    const std::string text = written(*track);
    if (!text.starts_with("\xEF\xBB\xBF") && written(*read(text)) != text) std::abort();
  } catch (const Error& error) {
    if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"
#include "genomics/motif_file.h"
#include "genomics/motif_logo.h"

using namespace genocuda;

// MEME, JASPAR and HOCOMOCO files, plain and gzip; what is read is scored, drawn and written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    LineReader lines(open_memory(std::string(reinterpret_cast<const char*>(data), size)), "input.meme");
    const std::vector<Motif> motifs = to_motifs(read_motif_matrices(lines));
    for (const Motif& motif : motifs) {
      if (consensus(motif).size() != motif.counts.size()) std::abort();
      motif_logo(motif);
      log_odds(motif);
    }
    for (const MotifFormat format : {MotifFormat::meme, MotifFormat::jaspar, MotifFormat::pcm, MotifFormat::pfm}) {
      write_motifs(motifs, format);
    }
  } catch (const Error& error) {
    if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
  }
  return 0;
}

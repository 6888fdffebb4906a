// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"
#include "genomics/fasta_examples.h"
#include "genomics/genome.h"

using namespace genocuda;

// Plain, gzip and bgzip FASTA as a genome, and as sequences with places in their headers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    LineReader lines(open_memory(text), "input.fa");
    const Genome genome = read_genome(lines);
    for (std::int32_t contig = 0; contig < genome.size(); ++contig) {
      const PackedSequence& sequence = genome.sequence(contig);
      // Packing what was read must give it again, on both strands.
      if (PackedSequence(sequence.letters()) != sequence) std::abort();
      const PackedSequence turned(sequence.letters(0, sequence.size(), Strand::reverse));
      if (turned.letters(0, turned.size(), Strand::reverse) != sequence.letters()) std::abort();
    }
  } catch (const Error& error) {
    if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
  }
  try {
    LineReader lines(open_memory(text), "input.fa");
    FastaExamplesOptions options;
    options.length = 20;
    options.drop_repeats = true;
    Notices notices;
    const Examples examples = read_fasta_examples(lines, options, &notices);
    if (examples.size() <= 64) with_shuffles(examples, 1, 1);
  } catch (const Error&) {
  }
  return 0;
}

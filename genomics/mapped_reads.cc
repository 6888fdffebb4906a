// SPDX-License-Identifier: Apache-2.0
#include "genomics/mapped_reads.h"

namespace genocuda {

const char* name_of(Fate fate) {
  static constexpr std::array<const char*, kFates> kNames{
      "kept",
      "not mapped",
      "secondary, supplementary or failed",
      "marked as duplicates",
      "no proper pair",
      "second reads of pairs",
      "mapping quality too low",
      "on other contigs",
      "not drawn",
      "other or no strand",
      "other fragment length",
      "outside the contig",
      "blacklisted",
  };
  return kNames[static_cast<std::size_t>(fate)];
}

}  // namespace genocuda

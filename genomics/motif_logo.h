// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "genomics/motif.h"

namespace genocuda {

struct LogoOptions {
  bool corrected = true;     ///< with the small-sample correction, where the number of sites is known
  bool reverse = false;      ///< of the other strand
  double column_width = 30;  ///< in pixels
  double height = 120;       ///< of two bits
};

/// A sequence logo (Schneider, Stephens 1990, Nucleic Acids Research 18, 6097) as SVG: letters stacked by frequency,
/// the stack as high as the position's information(), on an axis in bits. Letters are drawn as outlines, so that the
/// file needs no font for them; the same motif gives the same bytes.
std::string motif_logo(const Motif& motif, const LogoOptions& options = {});

}  // namespace genocuda

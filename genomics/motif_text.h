// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "genomics/motif_file.h"

/// The formats of motif files, one function each. They are told apart in motif_file.cc.
namespace genocuda::motif_text {

/// From the line after "MEME version" on.
std::vector<MotifMatrix> read_meme(LineReader& lines);

/// JASPAR and HOCOMOCO; `header` is the first '>' line, which was read already.
std::vector<MotifMatrix> read_headed(LineReader& lines, std::string_view header);

/// A number of a matrix; Error (input_file) naming the line.
double read_number(std::string_view field, const LineReader& lines);

}  // namespace genocuda::motif_text

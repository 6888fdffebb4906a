// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace genocuda {

/// The MD5 of a file's bytes as 32 lower-case hexadecimal digits, read in pieces. It tells whether an input is still
/// the one a model was trained on, and is the sum that ENCODE and UCSC publish beside their files and `md5sum` prints;
/// it is no protection against a forger. Throws Error (input_file) where the file cannot be read.
std::string file_md5(const std::string& path);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

namespace genocuda {

struct NamedFile {
  std::string name, path;
};

/// Files given as PATH or NAME=PATH; the name is otherwise that of the file without folder and endings such as
/// .narrowPeak.gz or .bw. `kind` ("peak file") and `use` ("task") stand in the Error (invalid_argument) for two of one
/// name, or a name without a file.
std::vector<NamedFile> name_files(std::span<const std::string> files, const char* kind, const char* use);

}  // namespace genocuda

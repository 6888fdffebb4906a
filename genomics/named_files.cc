// SPDX-License-Identifier: Apache-2.0
#include "genomics/named_files.h"

#include <filesystem>
#include <set>
#include <string_view>

#include "core/error.h"

namespace genocuda {
namespace {

std::string name_of_file(const std::string& path) {
  std::string name = std::filesystem::path(path).filename().string();
  for (const std::string_view ending : {".gz", ".bgz", ".bed", ".narrowPeak", ".broadPeak", ".bedgraph", ".bedGraph",
                                        ".bg", ".bw", ".bigWig", ".bigwig"}) {
    if (name.ends_with(ending) && name.size() > ending.size()) name.resize(name.size() - ending.size());
  }
  return name;
}

}  // namespace

std::vector<NamedFile> name_files(std::span<const std::string> files, const char* kind, const char* use) {
  std::vector<NamedFile> named;
  std::set<std::string> names;
  for (const std::string& file : files) {
    const std::size_t equals = file.find('=');
    const std::string path = equals == std::string::npos ? file : file.substr(equals + 1);
    const std::string name = equals == std::string::npos ? name_of_file(path) : file.substr(0, equals);
    if (path.empty()) throw Error(ErrorKind::invalid_argument, "{} '{}' lacks a file: give [NAME=]FILE", kind, file);
    if (name.empty() || !names.insert(name).second) {
      throw Error(ErrorKind::invalid_argument, "{} {} makes a second {} named '{}'; name it as NAME={}", kind, path,
                  use, name, path);
    }
    named.push_back({name, path});
  }
  return named;
}

}  // namespace genocuda

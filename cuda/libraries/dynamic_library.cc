// SPDX-License-Identifier: Apache-2.0
#include "cuda/libraries/dynamic_library.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

namespace genocuda::cuda {

DynamicLibrary::DynamicLibrary(const std::vector<std::string>& candidates) {
  for (const std::string& candidate : candidates) {
    handle_ = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ != nullptr) {
      problem_.clear();
      return;
    }
    const char* const why = dlerror();
    if (problem_.empty()) problem_ = why == nullptr ? "cannot load " + candidate : why;
  }
}

void* DynamicLibrary::symbol(const char* name) {
  if (handle_ == nullptr) return nullptr;
  void* const found = dlsym(handle_, name);
  if (found == nullptr) {
    problem_ = fmt::format("it lacks {}: take a newer version", name);
    handle_ = nullptr;  // left loaded: others in this process may use it
  }
  return found;
}

std::vector<std::string> library_candidates(const LibraryName& library) {
  const char* const value = std::getenv(library.variable);
  if (value == nullptr || *value == '\0') return {library.file};
  const std::filesystem::path path(value);
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return {path.string()};
  std::vector<std::string> candidates{(path / library.file).string(), (path / "lib" / library.file).string()};
  for (const std::string& folder : library.python_folders)
    candidates.push_back((path / folder / library.file).string());
  return candidates;
}

std::string describe_library(const LibraryName& library, const std::string& problem, std::size_t (*version)()) {
  if (!problem.empty()) return fmt::format("no {} ({}; {} names its folder)", library.name, problem, library.variable);
  const std::size_t number = version();
  return fmt::format("{} {}.{}.{}", library.name, number / 10000, number / 100 % 100, number % 100);
}

}  // namespace genocuda::cuda

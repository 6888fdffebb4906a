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

std::vector<std::string> library_candidates(const char* variable, const std::string& file,
                                            const std::vector<std::string>& python_folders) {
  const char* const value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return {file};
  const std::filesystem::path path(value);
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return {path.string()};
  std::vector<std::string> candidates{(path / file).string(), (path / "lib" / file).string()};
  for (const std::string& folder : python_folders) candidates.push_back((path / folder / file).string());
  return candidates;
}

}  // namespace genocuda::cuda

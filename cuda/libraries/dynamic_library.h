// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace genocuda::cuda {

/// A shared library that is looked for when the program runs and may be absent. It stays loaded until the program ends.
class DynamicLibrary {
 public:
  /// Takes the first candidate, a path or a bare name, that can be loaded.
  explicit DynamicLibrary(const std::vector<std::string>& candidates);

  bool loaded() const { return handle_ != nullptr; }
  /// Why it cannot be used, in words; empty where it can.
  const std::string& problem() const { return problem_; }

  /// Sets `function` to the one of that name, or states the problem and unloads where there is none.
  template <typename Function>
  void find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(symbol(name));
  }

 private:
  void* symbol(const char* name);

  void* handle_ = nullptr;
  std::string problem_;
};

/// Where to look for a library of the CUDA family: in the file or folder that the environment variable names, and there
/// also where Python's packages keep it ("nvidia/cudnn/lib"), or, where it is not set, by the library's own name.
std::vector<std::string> library_candidates(const char* variable, const std::string& file,
                                            const std::vector<std::string>& python_folders);

}  // namespace genocuda::cuda

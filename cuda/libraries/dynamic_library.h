// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
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

/// A library of the CUDA family.
struct LibraryName {
  const char* name;      ///< for people: "cuDNN"
  const char* variable;  ///< the environment variable that names its file or folder
  std::string file;      ///< "libcudnn.so.9": the major version of the headers, as others may differ in their constants
  std::vector<std::string> python_folders;  ///< where Python's packages keep it: "nvidia/cudnn/lib"
};

/// Where to look for it: in the file or folder that the environment variable names, or, where that is not set, by the
/// library's own name.
std::vector<std::string> library_candidates(const LibraryName& library);

/// What is used of a library, with functions that are listed as LIST(X): X(one) X(two) and so on. A struct has them as
/// members of their own names by GENOCUDA_LIBRARY_FUNCTIONS(LIST), and load_library() sets them.
#define GENOCUDA_LIBRARY_FUNCTIONS(LIST)                                 \
  LIST(GENOCUDA_LIBRARY_FUNCTION)                                        \
  std::string problem; /**< why it cannot be used; empty where it can */ \
  template <typename Visit>                                              \
  void for_each_function(const Visit& visit) {                           \
    LIST(GENOCUDA_VISIT_LIBRARY_FUNCTION)                                \
  }
#define GENOCUDA_LIBRARY_FUNCTION(function) decltype(&::function) function = nullptr;
#define GENOCUDA_VISIT_LIBRARY_FUNCTION(function) visit(function, #function);

template <typename Functions>
Functions load_library(const LibraryName& name) {
  Functions functions;
  DynamicLibrary library(library_candidates(name));
  functions.for_each_function([&](auto& function, const char* symbol) { library.find(function, symbol); });
  functions.problem = library.problem();
  return functions;
}

/// "cuDNN 9.19.0", or with a problem why there is none. `version` gives 91900; it is not called where there is a
/// problem.
std::string describe_library(const LibraryName& library, const std::string& problem, std::size_t (*version)());

}  // namespace genocuda::cuda

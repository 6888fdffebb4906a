// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace genocuda {

/// What went wrong, as far as a caller may want to act on it.
enum class ErrorKind {
  invalid_argument,  ///< a call, option or configuration that cannot work
  input_file,        ///< a file that is missing, malformed or does not fit
  out_of_memory,     ///< host or device memory
  device,            ///< a device that is absent or failed
  internal,          ///< a defect of this library
};

/// The one exception type of the library. The message is one line that names the file, line, contig or shape concerned
/// and what to do about it; the command line prints it as it is.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  template <typename... Args>
  Error(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args)
      : Error(kind, fmt::format(format, std::forward<Args>(args)...)) {}

  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace genocuda

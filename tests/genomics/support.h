// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/philox.h"
#include "genomics/line_reader.h"

namespace genocuda {

/// A folder that goes with its test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

/// One gzip member.
std::string gzip(std::string_view text);

/// Blocks of up to `block` bytes and the end marker, as bgzip writes them.
std::string bgzip(std::string_view text, std::size_t block = 100);

/// A reader of text in memory, called "test".
LineReader lines_of(std::string_view text);

/// Letters drawn from `alphabet`.
std::string random_letters(philox::Generator& random, std::int64_t length, std::string_view alphabet = "ACGT");

/// Letter by letter, as the reverse complement is defined.
std::string naive_reverse_complement(std::string_view letters);

/// The Error that `call` throws; fails where it throws none. Its message must be one line.
template <typename Call>
Error error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return error;
  }
  ADD_FAILURE() << "no Error was thrown";
  return Error(ErrorKind::internal, "none");
}

/// Expects an Error of `kind` whose message holds every part given.
template <typename Call, typename... Parts>
void expect_error(ErrorKind kind, Call&& call, const Parts&... parts) {
  const Error error = error_of(call);
  EXPECT_EQ(error.kind(), kind) << error.what();
  for (const std::string& part : {std::string(parts)...}) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what() << "\nlacks: " << part;
  }
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/files/json_lines.h"

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "learn/files/atomic_file.h"
#include "learn/files/posix_file.h"

namespace genocuda {
namespace {

bool belongs(std::string_view line, const std::string& key, std::int64_t last) {
  const nlohmann::json value = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return false;
  const auto found = value.find(key);
  return found != value.end() && found->is_number_integer() && found->get<std::int64_t>() <= last;
}

}  // namespace

void append_json_line(const std::string& path, std::string_view json) {
  if (json.empty() || json.find('\n') != std::string_view::npos) {
    throw Error(ErrorKind::internal, "a line for '{}' is empty or holds a line break", path);
  }
  PosixFile file(path, O_WRONLY | O_CREAT | O_APPEND);
  const std::uint64_t size_before = file.size();
  const std::string line = std::string(json) + '\n';
  try {
    file.write(std::as_bytes(std::span(line)));
    file.sync();
  } catch (const Error&) {
    // Whatever ftruncate answers, the first error is the one to report; a torn line is removed on resume.
    [[maybe_unused]] const int ignored = ::ftruncate(file.descriptor(), static_cast<off_t>(size_before));
    throw;
  }
  file.close();
}

std::size_t keep_json_lines(const std::string& path, std::string_view key, std::int64_t last) {
  if (::access(path.c_str(), F_OK) != 0) {
    write_file_atomically(path, std::string_view{});
    return 0;
  }
  const std::string text = read_text_file(path);
  const std::string key_text(key);
  std::string kept;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;  // torn
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    if (belongs(line, key_text, last)) {
      kept.append(line).push_back('\n');
      ++count;
    }
    begin = end + 1;
  }
  if (kept.size() != text.size()) write_file_atomically(path, kept);
  return count;
}

}  // namespace genocuda

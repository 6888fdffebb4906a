// SPDX-License-Identifier: Apache-2.0
#include "genomics/line_reader.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace genocuda {
namespace {

constexpr std::size_t kFirstBufferBytes = 1 << 16;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

LineReader::LineReader(const std::string& path) : LineReader(open_file(path), path) {}

LineReader::LineReader(std::unique_ptr<ByteSource> source, std::string name)
    : source_(uncompressed(std::move(source), name)), name_(std::move(name)), buffer_(kFirstBufferBytes, '\0') {}

bool LineReader::fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::size_t count = source_->read(buffer_.data() + end_, buffer_.size() - end_);
  end_ += count;
  at_end_ = count == 0;
  return count > 0;
}

bool LineReader::next(std::string_view& line) {
  std::size_t searched = 0;
  const char* found = nullptr;
  while (true) {
    const char* from = buffer_.data() + begin_;
    found = static_cast<const char*>(std::memchr(from + searched, '\n', end_ - begin_ - searched));
    if (found) break;
    searched = end_ - begin_;
    if (!fill()) break;
  }
  const char* begin = buffer_.data() + begin_;
  if (!found && begin_ == end_) return false;
  const char* end = found ? found : buffer_.data() + end_;
  begin_ = static_cast<std::size_t>(end - buffer_.data()) + (found ? 1 : 0);
  line = std::string_view(begin, static_cast<std::size_t>(end - begin));
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (++line_number_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return true;
}

std::string LineReader::here() const { return fmt::format("{} line {}", name_, line_number_); }

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "tests/genomics/support.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <zlib.h>

namespace genocuda {
namespace {

// Compresses with the window bits that tell zlib the wrapping: 31 gzip, -15 none.
std::string deflate_with(std::string_view text, int window_bits) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib");
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

void append_little_endian(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

std::string bgzip_block(std::string_view text) {
  const std::string body = deflate_with(text, -15);
  std::string out("\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0", 16);
  append_little_endian(out, static_cast<std::uint32_t>(18 + body.size() + 8 - 1), 2);
  out += body;
  append_little_endian(
      out,
      static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()))),
      4);
  append_little_endian(out, static_cast<std::uint32_t>(text.size()), 4);
  return out;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "genocuda_test_XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, std::string_view content) const {
  std::ofstream(path(name), std::ios::binary) << content;
  return path(name);
}

std::string gzip(std::string_view text) { return deflate_with(text, 31); }

std::string bgzip(std::string_view text, std::size_t block) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += block) out += bgzip_block(text.substr(at, block));
  return out + bgzip_block("");
}

LineReader lines_of(std::string_view text) { return LineReader(open_memory(std::string(text)), "test"); }

std::string random_letters(philox::Generator& random, std::int64_t length, std::string_view alphabet) {
  std::string letters(static_cast<std::size_t>(length), ' ');
  for (char& letter : letters) letter = alphabet[random.below(static_cast<std::uint32_t>(alphabet.size()))];
  return letters;
}

std::string naive_reverse_complement(std::string_view letters) {
  std::string out(letters.rbegin(), letters.rend());
  for (char& letter : out) {
    letter = letter == 'A' ? 'T' : letter == 'C' ? 'G' : letter == 'G' ? 'C' : letter == 'T' ? 'A' : 'N';
  }
  return out;
}

}  // namespace genocuda

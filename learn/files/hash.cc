// SPDX-License-Identifier: Apache-2.0
#include "learn/files/hash.h"

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

#include <htslib/hts.h>

#include "learn/files/posix_file.h"

namespace genocuda {

std::string file_md5(const std::string& path) {
  PosixFile file = PosixFile::open_to_read(path);
  const std::unique_ptr<hts_md5_context, decltype(&hts_md5_destroy)> context(hts_md5_init(), &hts_md5_destroy);
  if (!context) throw std::bad_alloc();
  std::vector<std::byte> buffer(std::size_t{1} << 20);
  while (const std::size_t got = file.read(buffer)) {
    hts_md5_update(context.get(), buffer.data(), static_cast<unsigned long>(got));
  }
  std::array<unsigned char, 16> digest{};
  hts_md5_final(digest.data(), context.get());
  std::array<char, 33> hex{};
  hts_md5_hex(hex.data(), digest.data());
  return hex.data();
}

}  // namespace genocuda

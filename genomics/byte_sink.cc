// SPDX-License-Identifier: Apache-2.0
#include "genomics/byte_sink.h"

#include <cstddef>

#include <htslib/bgzf.h>

#include "core/error.h"

namespace genocuda {
namespace {

constexpr std::size_t kBlockBytes =
    0xff00;  // what bgzip puts into a block, so that it fits 64 KiB however it compresses
constexpr int kLevel = 6;

}  // namespace

void BgzipSink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kBlockBytes - pending_.size());
    pending_ += part;
    bytes.remove_prefix(part.size());
    if (pending_.size() < kBlockBytes) return;
    write_block(pending_);
    pending_.clear();
  }
}

void BgzipSink::finish() {
  if (!pending_.empty()) write_block(pending_);
  pending_.clear();
  write_block({});  // an empty block is the end marker
}

void BgzipSink::write_block(std::string_view bytes) {
  block_.resize(BGZF_MAX_BLOCK_SIZE);
  std::size_t size = block_.size();
  if (bgzf_compress(block_.data(), &size, bytes.data(), bytes.size(), kLevel) != 0) {
    throw Error(ErrorKind::internal, "a block of {} bytes cannot be compressed", bytes.size());
  }
  out_.write(std::string_view(block_).substr(0, size));
}

}  // namespace genocuda

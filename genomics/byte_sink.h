// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace genocuda {

/// Where writers put their bytes, so that they need not know files. Every member throws Error where it cannot.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual void write(std::string_view bytes) = 0;
};

/// A sink in which bytes written before can be replaced: a file, not a pipe.
class RewritableSink : public ByteSink {
 public:
  /// Replaces as many bytes from `offset` on, counted from the first one written; all of them must have been written.
  virtual void rewrite(std::uint64_t offset, std::string_view bytes) = 0;
};

/// Compresses into bgzip blocks, which are gzip to every reader and can be indexed with tabix.
class BgzipSink final : public ByteSink {
 public:
  explicit BgzipSink(ByteSink& out) : out_(out) {}
  void write(std::string_view bytes) override;
  /// Writes what is left and the end marker, without which readers call the file truncated.
  void finish();

 private:
  void write_block(std::string_view bytes);

  ByteSink& out_;
  std::string pending_, block_;
};

}  // namespace genocuda

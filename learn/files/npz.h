// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "learn/files/atomic_file.h"

namespace genocuda {

/// Writes arrays as numpy.load() reads them: an uncompressed zip file (with 64-bit sizes) of .npy files. An array may
/// be written piece by piece, so that memory does not grow with it. The same arrays give the same bytes.
class NpzWriter {
 public:
  explicit NpzWriter(const std::string& path) : file_(path) {}

  /// Begins an array in C order; `dtype` is numpy's name such as "<f4", "<i8" or "|S6", and ends with the bytes of an
  /// element. The array before must be complete, else Error (internal).
  void begin(std::string_view name, std::string_view dtype, std::span<const std::int64_t> shape);
  void write(std::span<const std::byte> bytes);
  template <typename T>
  void write(std::span<const T> values) {
    write(std::as_bytes(values));
  }
  /// A whole array.
  template <typename T>
  void add(std::string_view name, std::string_view dtype, std::span<const std::int64_t> shape,
           std::span<const T> values) {
    begin(name, dtype, shape);
    write(values);
  }
  /// Texts as an array of the longest one's width, "|S…".
  void add_texts(std::string_view name, std::span<const std::string> texts);

  void commit();

 private:
  struct Entry {
    std::string name;
    std::uint64_t offset = 0, size = 0;
    std::uint32_t checksum = 0;
  };
  void put(std::string_view bytes);
  void end();

  AtomicFile file_;
  std::vector<Entry> entries_;
  std::uint64_t written_ = 0, missing_ = 0;
  bool open_ = false;
};

}  // namespace genocuda

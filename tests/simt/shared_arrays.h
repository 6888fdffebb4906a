// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace simt {

/// The shared memory of one block at a time: an allocation for each array, so that AddressSanitizer sees where it ends.
/// Every block finds ones in it.
class SharedArrays {
 public:
  static constexpr std::size_t kStaticLimit = 48 * 1024;
  /// Of static and dynamic memory together, on sm_90.
  static constexpr std::size_t kLimit = 227 * 1024;

  SharedArrays() = default;
  SharedArrays(const SharedArrays&) = delete;
  SharedArrays& operator=(const SharedArrays&) = delete;
  ~SharedArrays() { begin_launch(0); }

  /// Forgets all arrays.
  void begin_launch(std::size_t dynamic_bytes);
  void begin_block();

  /// The array of a declaration in this block; null where the block has not reached it.
  void* find(const void* key) const {
    for (const Array& array : arrays_) {
      if (array.key == key) return array.fresh ? nullptr : array.memory;
    }
    return nullptr;
  }
  /// Makes find() find it. Returns what is wrong, or null.
  const char* declare(const void* key, std::size_t bytes, std::size_t alignment);

  void* dynamic() const { return dynamic_.memory; }
  bool contains(const void* address, std::size_t bytes) const;

 private:
  struct Array {
    const void* key = nullptr;
    std::size_t bytes = 0, alignment = 0;
    /// Not yet poisoned for this block.
    bool fresh = true;
    char* allocation = nullptr;
    char* memory = nullptr;
  };
  static void allocate(Array& array);
  static void release(Array& array);
  static void poison(Array& array);

  std::vector<Array> arrays_;
  Array dynamic_;
  std::size_t static_bytes_ = 0;
};

}  // namespace simt

// SPDX-License-Identifier: Apache-2.0
#include "simt/shared_arrays.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "simt/sanitizers.h"

namespace simt {
namespace {

constexpr std::size_t kDynamicAlignment = 128;

}  // namespace

void SharedArrays::allocate(Array& array) {
  // An address that is aligned as asked for and not twice as much, so that an access that needs more is found.
  // AddressSanitizer poisons what lies before in steps of 8 bytes.
  constexpr std::size_t kStep = 8;
  const std::size_t gap = array.alignment < kStep ? kStep : array.alignment;
  void* memory = nullptr;
  if (posix_memalign(&memory, 2 * gap, gap + array.bytes) != 0) throw std::bad_alloc();
  array.allocation = static_cast<char*>(memory);
  array.memory = array.allocation + gap;
  asan::poison(array.allocation, gap);
}

void SharedArrays::release(Array& array) {
  if (!array.allocation) return;
  asan::unpoison(array.allocation, static_cast<std::size_t>(array.memory - array.allocation));
  std::free(array.allocation);
  array.allocation = array.memory = nullptr;
}

void SharedArrays::poison(Array& array) {
  // ThreadSanitizer forgets who used an array before only where it is allocated anew.
  if (tsan::kEnabled) {
    release(array);
    allocate(array);
  }
  std::memset(array.memory, 0xff, array.bytes);
  array.fresh = false;
}

void SharedArrays::begin_launch(std::size_t dynamic_bytes) {
  for (Array& array : arrays_) release(array);
  release(dynamic_);
  arrays_.clear();
  static_bytes_ = 0;
  dynamic_ = {.bytes = dynamic_bytes, .alignment = kDynamicAlignment};
  if (dynamic_bytes > 0) allocate(dynamic_);
}

void SharedArrays::begin_block() {
  for (Array& array : arrays_) array.fresh = true;
  if (dynamic_.bytes > 0) poison(dynamic_);
}

const char* SharedArrays::declare(const void* key, std::size_t bytes, std::size_t alignment) {
  for (Array& array : arrays_) {
    if (array.key == key) {
      if (array.fresh) poison(array);
      return nullptr;
    }
  }
  static_bytes_ += bytes;
  if (static_bytes_ > kStaticLimit) return "the static shared memory of a block is limited to 48 KiB";
  if (static_bytes_ + dynamic_.bytes > kLimit) return "static and dynamic shared memory of a block exceed 227 KiB";
  Array& array = arrays_.emplace_back(Array{.key = key, .bytes = bytes, .alignment = alignment});
  allocate(array);
  poison(array);
  return nullptr;
}

bool SharedArrays::contains(const void* address, std::size_t bytes) const {
  const char* first = static_cast<const char*>(address);
  const auto inside = [&](const Array& array) {
    return array.memory && first >= array.memory && first + bytes <= array.memory + array.bytes;
  };
  for (const Array& array : arrays_) {
    if (inside(array)) return true;
  }
  return inside(dynamic_);
}

}  // namespace simt

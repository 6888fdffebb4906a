// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/device.h"
#include "core/implementation.h"

namespace genocuda::testing {

/// Host memory, plain double arithmetic, and whatever a test adds to its table: so that the tests of the core need no
/// backend.
class ToyDevice : public Device, private Allocator {
 public:
  ToyDevice();
  std::string name() const override { return "toy"; }
  std::string description() const override { return "host memory and double arithmetic, for tests"; }
  Allocator& allocator() override { return *this; }
  std::unique_ptr<Stream> make_stream() override;
  const ImplementationTable& implementations() const override { return table; }
  /// Not said, so that what tests break on purpose is found by the red zones and not before by AddressSanitizer.
  bool memory_is_host() const override { return false; }

  ImplementationTable table;
  /// What a stream throws when somebody waits for it, once: as the error of a kernel comes.
  std::string failure;
  /// Whether streams record, and whether that goes wrong; what they were asked for.
  bool can_record = false, recording_fails = false;
  int recordings = 0, replays = 0, performed = 0;

 private:
  void* allocate(std::size_t bytes) override { return ::operator new (bytes, std::align_val_t{256}); }
  void release(void* memory, std::size_t) noexcept override { ::operator delete (memory, std::align_val_t{256}); }
};

}  // namespace genocuda::testing

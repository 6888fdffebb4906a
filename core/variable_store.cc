// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"
#include "core/executable.h"

namespace genocuda {

VariableStore::VariableStore(Device& device) : device_(device), stream_(device.make_stream()) {}

TensorView VariableStore::ensure(const std::string& name, const TensorType& type) {
  auto found = entries_.find(name);
  if (found == entries_.end()) {
    found = entries_.emplace(name, Entry{type, Buffer(device_, type.bytes())}).first;
    if (type.bytes() > 0) stream_->fill(found->second.buffer.data(), 0, type.bytes());
    stream_->synchronize();
  } else if (found->second.type != type) {
    throw Error(ErrorKind::invalid_argument, "variable '{}' is {}, not {}", name, found->second.type.to_string(),
                type.to_string());
  }
  return {type, found->second.buffer.data()};
}

bool VariableStore::contains(std::string_view name) const { return entries_.find(name) != entries_.end(); }

const VariableStore::Entry& VariableStore::entry(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) throw Error(ErrorKind::invalid_argument, "there is no variable '{}'", name);
  return found->second;
}

TensorView VariableStore::view(std::string_view name) const {
  const Entry& found = entry(name);
  return {found.type, found.buffer.data()};
}

void VariableStore::write(std::string_view name, std::span<const std::byte> bytes) {
  const Entry& target = entry(name);
  if (bytes.size() != target.type.bytes()) {
    throw Error(ErrorKind::invalid_argument, "variable '{}' ({}) takes {} bytes, not {}", name, target.type.to_string(),
                target.type.bytes(), bytes.size());
  }
  if (bytes.empty()) return;
  perform(*stream_, Access::write, [&] { stream_->upload(target.buffer.data(), bytes.data(), bytes.size()); });
}

std::vector<std::byte> VariableStore::read(std::string_view name) const {
  const Entry& source = entry(name);
  std::vector<std::byte> bytes(source.type.bytes());
  if (bytes.empty()) return bytes;
  perform(*stream_, Access::read, [&] { stream_->download(bytes.data(), source.buffer.data(), bytes.size()); });
  stream_->synchronize();
  return bytes;
}

void VariableStore::perform(Stream& stream, Access access, const std::function<void()>& work) const {
  {
    const std::lock_guard lock(mutex_);
    if (written_ != nullptr) stream.wait(*written_);
    if (access == Access::write) {
      for (const auto& [reader, mark] : read_) stream.wait(*mark);
    }
  }
  work();
  std::shared_ptr<const Mark> mark = stream.mark();
  if (mark == nullptr) return;
  const std::lock_guard lock(mutex_);
  if (access == Access::read) {
    read_[&stream] = std::move(mark);
    return;
  }
  written_ = std::move(mark);
  read_.clear();
}

std::vector<std::string> VariableStore::names() const {
  std::vector<std::string> result;
  for (const auto& [name, entry] : entries_) result.push_back(name);
  return result;
}

}  // namespace genocuda

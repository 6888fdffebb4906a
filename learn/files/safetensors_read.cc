// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <new>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "learn/files/posix_file.h"
#include "learn/files/safetensors.h"
#include "learn/files/safetensors_layout.h"

namespace genocuda {

using nlohmann::json;
using safetensors::kLengthBytes;
using safetensors::kMetadataKey;
using safetensors::shown;

namespace {

static_assert(std::endian::native == std::endian::little, "values are taken from the file as they are");

struct Entry {
  TensorRecord record;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Reads what a file says about itself; every complaint names `source`.
class HeaderReader {
 public:
  explicit HeaderReader(const std::string& source) : source_(source) {}

  /// The header's length, from the first bytes of a file of `file_bytes` bytes (nine of them, or all if there are
  /// fewer).
  std::uint64_t header_bytes(std::span<const std::byte> start, std::uint64_t file_bytes) const {
    reject_other_formats(start);
    if (start.size() <= kLengthBytes) fail("not a safetensors file: it has {} bytes", file_bytes);
    std::uint64_t length = 0;
    std::memcpy(&length, start.data(), kLengthBytes);
    if (start[kLengthBytes] != std::byte{'{'} || length > safetensors::kMaxHeaderBytes || length < 2) {
      fail("not a safetensors file: it does not begin with a length and a JSON header");
    }
    if (length > file_bytes - kLengthBytes) {
      fail("truncated: the header alone takes {} bytes, the file has {}", kLengthBytes + length, file_bytes);
    }
    return length;
  }

  /// The header's tensors, in the order of their data and without it, and its metadata.
  std::vector<Entry> entries(std::string_view header, SafetensorsMetadata& metadata) const {
    const json root = parse(header);
    if (!root.is_object()) fail("not a safetensors file: the header is no JSON object");
    std::vector<Entry> entries;
    for (const auto& [name, value] : root.items()) {
      if (name == kMetadataKey) {
        metadata = read_metadata(value);
      } else {
        entries.push_back(read_entry(name, value));
      }
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.begin, a.end, a.record.name) < std::tie(b.begin, b.end, b.record.name);
    });
    return entries;
  }

  /// Throws unless the tensors fill `data_bytes` bytes without gap or overlap.
  void check_layout(const std::vector<Entry>& entries, std::uint64_t data_bytes) const {
    std::uint64_t filled = 0;
    for (const Entry& entry : entries) {
      if (entry.begin != filled) {
        fail("tensor {} {}: its data begins at byte {}, the one before ends at byte {}", shown(entry.record.name),
             entry.begin < filled ? "overlaps another" : "follows a gap", entry.begin, filled);
      }
      filled = entry.end;
    }
    if (filled > data_bytes) fail("truncated: the tensors take {} bytes, the file has {} of them", filled, data_bytes);
    if (filled < data_bytes) fail("{} bytes follow the last tensor; they belong to no tensor", data_bytes - filled);
  }

 private:
  template <typename... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(ErrorKind::input_file, "'{}': {}", source_, fmt::format(format, std::forward<Args>(args)...));
  }

  [[noreturn]] void fail_json(std::size_t byte) const {
    fail("not a safetensors file: the header is no JSON in UTF-8 at its byte {}", byte);
  }

  void reject_other_formats(std::span<const std::byte> start) const {
    const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
    const auto other = [&](std::string_view magic, const char* what) {
      if (text.starts_with(magic)) fail("not a safetensors file but {}; convert it first", what);
    };
    other("PK\x03\x04", "a zip archive (PyTorch and NumPy write those)");
    other("\x89HDF", "an HDF5 file (Keras writes those)");
    other("\x1f\x8b", "compressed with gzip");
    other("\x80\x02", "a Python pickle (PyTorch wrote those)");
  }

  json parse(std::string_view header) const {
    // nlohmann takes a NUL for the end of the text, and the last of two equal keys; the format forbids both.
    if (const std::size_t nul = header.find('\0'); nul != std::string_view::npos) fail_json(nul + 1);
    std::vector<std::set<std::string>> keys;
    const auto watch = [&](int, json::parse_event_t event, json& value) {
      if (event == json::parse_event_t::object_start) keys.emplace_back();
      if (event == json::parse_event_t::object_end) keys.pop_back();
      if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
        fail("the header has {} twice", shown(value.get<std::string>()));
      }
      return true;
    };
    try {
      return json::parse(header.begin(), header.end(), watch);
    } catch (const json::parse_error& error) {
      fail_json(error.byte);
    } catch (const json::out_of_range&) {
      fail("the header has a number beyond all bounds");
    }
  }

  SafetensorsMetadata read_metadata(const json& value) const {
    if (!value.is_object()) fail("the header's {} is no JSON object", kMetadataKey);
    SafetensorsMetadata metadata;
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) fail("the header's metadata {} is no text", shown(key));
      metadata.emplace(key, text.get<std::string>());
    }
    return metadata;
  }

  Entry read_entry(const std::string& name, const json& value) const {
    if (!value.is_object()) fail("the header's entry for tensor {} is no JSON object", shown(name));
    Entry entry;
    entry.record.name = name;
    entry.record.type = read_type(name, field(name, value, "dtype"));
    for (const json& extent : array(name, value, "shape")) {
      entry.record.shape.push_back(static_cast<std::int64_t>(whole_number(name, "shape", extent)));
    }
    const json& offsets = array(name, value, "data_offsets");
    if (offsets.size() != 2)
      fail("tensor {}: \"data_offsets\" has {} numbers instead of 2", shown(name), offsets.size());
    entry.begin = whole_number(name, "data_offsets", offsets[0]);
    entry.end = whole_number(name, "data_offsets", offsets[1]);
    if (value.size() != 3) fail("tensor {} has fields besides dtype, shape and data_offsets", shown(name));
    const auto bytes = safetensors::tensor_bytes(entry.record.type, entry.record.shape);
    if (!bytes) fail("tensor {}: the shape has more values than any file", shown(name));
    if (entry.end < entry.begin || entry.end - entry.begin != *bytes) {
      fail("tensor {}: type and shape take {} bytes, data_offsets are {} to {}", shown(name), *bytes, entry.begin,
           entry.end);
    }
    return entry;
  }

  SafetensorsType read_type(const std::string& name, const json& value) const {
    if (!value.is_string()) fail("tensor {}: \"dtype\" is no text", shown(name));
    const auto type = safetensors::type_from_name(value.get_ref<const std::string&>());
    if (!type) fail("tensor {}: unknown dtype {}", shown(name), shown(value.get_ref<const std::string&>()));
    return *type;
  }

  const json& field(const std::string& name, const json& value, const char* key) const {
    const auto found = value.find(key);
    if (found == value.end()) fail("tensor {}: \"{}\" is missing", shown(name), key);
    return *found;
  }

  const json& array(const std::string& name, const json& value, const char* key) const {
    const json& found = field(name, value, key);
    if (!found.is_array()) fail("tensor {}: \"{}\" is no list", shown(name), key);
    return found;
  }

  std::uint64_t whole_number(const std::string& name, const char* key, const json& value) const {
    if (!value.is_number_unsigned() ||
        value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      fail("tensor {}: \"{}\" has an entry that is no whole number of 63 bits", shown(name), key);
    }
    return value.get<std::uint64_t>();
  }

  const std::string& source_;
};

}  // namespace

SafetensorsFile SafetensorsFile::parse(std::vector<std::byte> bytes, std::string source) {
  SafetensorsFile file;
  file.source_ = std::move(source);
  file.bytes_ = std::move(bytes);
  const std::span<const std::byte> all(file.bytes_);
  const HeaderReader reader(file.source_);
  const std::uint64_t header_bytes = reader.header_bytes(all.first(std::min(all.size(), kLengthBytes + 1)), all.size());
  const std::span<const std::byte> header = all.subspan(kLengthBytes, header_bytes);
  const std::span<const std::byte> data = all.subspan(kLengthBytes + header_bytes);

  std::vector<Entry> entries =
      reader.entries({reinterpret_cast<const char*>(header.data()), header.size()}, file.metadata_);
  reader.check_layout(entries, data.size());
  for (Entry& entry : entries) {
    entry.record.data = data.subspan(entry.begin, entry.end - entry.begin);
    file.index_.emplace(entry.record.name, file.tensors_.size());
    file.tensors_.push_back(std::move(entry.record));
  }
  return file;
}

SafetensorsFile SafetensorsFile::read(const std::string& path) {
  PosixFile file = PosixFile::open_to_read(path);
  // A wrong file is told by its first bytes, before gigabytes of it are read.
  std::array<std::byte, kLengthBytes + 1> start{};
  const std::size_t start_bytes = file.read(start);
  const std::uint64_t file_bytes = std::max<std::uint64_t>(file.size(), start_bytes);
  HeaderReader(path).header_bytes(std::span<const std::byte>(start).first(start_bytes), file_bytes);
  std::vector<std::byte> bytes;
  try {
    bytes.resize(file_bytes);
  } catch (const std::exception&) {  // bad_alloc, or length_error for absurd sizes
    throw Error(ErrorKind::out_of_memory, "no memory to read '{}' ({} bytes)", path, file_bytes);
  }
  std::copy_n(start.begin(), start_bytes, bytes.begin());
  bytes.resize(start_bytes + file.read(std::span(bytes).subspan(start_bytes)));
  return parse(std::move(bytes), path);
}

const TensorRecord* SafetensorsFile::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

const TensorRecord& SafetensorsFile::at(std::string_view name) const {
  const TensorRecord* record = find(name);
  if (record == nullptr) {
    throw Error(ErrorKind::input_file, "'{}' has no tensor {}; it belongs to another model or version", source_,
                shown(name));
  }
  return *record;
}

}  // namespace genocuda

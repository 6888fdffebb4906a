// SPDX-License-Identifier: Apache-2.0
#include "simt/report.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

namespace simt {
namespace {

/// A file in memory, read only; empty where it cannot be read.
class MappedFile {
 public:
  explicit MappedFile(const char* path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    struct stat status {};
    if (fstat(file, &status) == 0 && status.st_size > 0) {
      size_ = static_cast<std::size_t>(status.st_size);
      void* memory = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
      if (memory != MAP_FAILED) data_ = static_cast<const char*>(memory);
    }
    close(file);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    if (data_) munmap(const_cast<char*>(data_), size_);
  }

  template <typename T>
  const T* at(std::size_t offset) const {
    return data_ && offset + sizeof(T) <= size_ ? reinterpret_cast<const T*>(data_ + offset) : nullptr;
  }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// The symbol at an address of a program or library, with those that dladdr does not know: kernels are local to a file.
std::string symbol_at(const char* path, std::uintptr_t offset) {
  const MappedFile file(path);
  const auto* header = file.at<ElfW(Ehdr)>(0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return "";
  const auto section = [&](unsigned index) {
    return file.at<ElfW(Shdr)>(header->e_shoff + index * std::size_t{header->e_shentsize});
  };
  for (unsigned i = 0; i < header->e_shnum; ++i) {
    const auto* table = section(i);
    if (!table || table->sh_type != SHT_SYMTAB) continue;
    const auto* names = section(table->sh_link);
    for (std::size_t at = 0; names && at < table->sh_size; at += sizeof(ElfW(Sym))) {
      const auto* symbol = file.at<ElfW(Sym)>(table->sh_offset + at);
      if (!symbol || symbol->st_value != offset || (symbol->st_info & 0xf) != STT_FUNC) continue;
      return file.at<char>(names->sh_offset + symbol->st_name);
    }
  }
  return "";
}

std::string demangled(const std::string& symbol) {
  int status = 0;
  char* text = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
  std::string result = text ? text : symbol;
  std::free(text);
  return result;
}

/// "void scale<float>(float*, int)" → "scale<float>"
std::string without_signature(std::string name) {
  constexpr std::string_view kVoid = "void ";
  if (name.starts_with(kVoid)) name.erase(0, kVoid.size());
  if (!name.ends_with(')')) return name;
  int depth = 0;
  for (std::size_t i = name.size(); i-- > 0;) {
    if (name[i] == ')') ++depth;
    if (name[i] == '(' && --depth == 0) return name.substr(0, i);
  }
  return name;
}

}  // namespace

std::string at(Site site) { return fmt::format("{}:{}", site.file, site.line); }

std::string triple(uint3 index) { return fmt::format("({},{},{})", index.x, index.y, index.z); }
std::string triple(dim3 sizes) { return fmt::format("({},{},{})", sizes.x, sizes.y, sizes.z); }

std::string whereabouts(const Thread& thread) {
  switch (thread.state) {
    case Thread::State::at_barrier:
      return fmt::format("{}: waiting in {}", at(thread.site), thread.barrier->name);
    case Thread::State::in_operation:
      return fmt::format("{}: waiting in {}", at(thread.site), thread.operation->name);
    case Thread::State::returned:
      return "returned";
    default:
      return "running";
  }
}

std::string function_name(const void* address) {
  Dl_info info{};
  if (dladdr(const_cast<void*>(address), &info) == 0 || !info.dli_fbase) return "kernel";
  const auto* header = static_cast<const ElfW(Ehdr)*>(info.dli_fbase);
  const auto base = header->e_type == ET_EXEC ? 0 : reinterpret_cast<std::uintptr_t>(info.dli_fbase);
  // A program knows itself by the path it was started with, which may be relative to elsewhere.
  Dl_info own{};
  const bool in_program = dladdr(reinterpret_cast<void*>(&function_name), &own) != 0 && own.dli_fbase == info.dli_fbase;
  std::string symbol = symbol_at(info.dli_fname, reinterpret_cast<std::uintptr_t>(address) - base);
  if (symbol.empty() && in_program)
    symbol = symbol_at("/proc/self/exe", reinterpret_cast<std::uintptr_t>(address) - base);
  return symbol.empty() ? "kernel" : without_signature(demangled(symbol));
}

}  // namespace simt

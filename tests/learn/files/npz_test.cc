// SPDX-License-Identifier: Apache-2.0
#include "learn/files/npz.h"

#include <cstring>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

std::uint64_t number(const std::string& bytes, std::size_t at, int size) {
  std::uint64_t value = 0;
  for (int i = size - 1; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// The content of entry `wanted`, found as unzip finds it: from the end, by way of the directory.
std::string entry(const std::string& zip, int wanted, std::string& name) {
  const std::size_t end = zip.size() - 22, locator = end - 20;
  EXPECT_EQ(number(zip, end, 4), 0x06054b50u);
  const std::size_t end64 = number(zip, locator + 8, 8);
  EXPECT_EQ(number(zip, end64, 4), 0x06064b50u);
  EXPECT_EQ(number(zip, end64 + 40, 8), end64 - number(zip, end64 + 48, 8));
  std::size_t at = number(zip, end64 + 48, 8);
  for (int i = 0; i < wanted; ++i) at += 46 + number(zip, at + 28, 2) + number(zip, at + 30, 2);
  EXPECT_EQ(number(zip, at, 4), 0x02014b50u);
  const std::size_t name_size = number(zip, at + 28, 2);
  name = zip.substr(at + 46, name_size);
  const std::size_t size = number(zip, at + 46 + name_size + 4, 8), offset = number(zip, at + 46 + name_size + 20, 8);
  EXPECT_EQ(number(zip, offset, 4), 0x04034b50u);
  const std::string content = zip.substr(offset + 30 + number(zip, offset + 26, 2) + number(zip, offset + 28, 2), size);
  EXPECT_EQ(crc32(0, reinterpret_cast<const unsigned char*>(content.data()), static_cast<unsigned>(content.size())),
            number(zip, at + 16, 4));
  return content;
}

TEST(Npz, ArraysLieAsNumpyReadsThem) {
  const TemporaryFolder folder;
  NpzWriter file(folder.path("a.npz"));
  const std::int64_t shape[] = {2, 3};
  file.begin("counts", "<u4", shape);
  const std::vector<std::uint32_t> first{1, 2, 3}, second{4, 5, 6};
  file.write<std::uint32_t>(first);  // row by row
  file.write<std::uint32_t>(second);
  file.add_texts("names", std::vector<std::string>{"a", "chr10"});
  file.commit();

  const std::string zip = folder.content("a.npz");
  std::string name;
  const std::string counts = entry(zip, 0, name);
  EXPECT_EQ(name, "counts.npy");
  EXPECT_EQ(counts.substr(0, 8), std::string("\x93NUMPY\x01\0", 8));
  const std::size_t header = 10 + number(counts, 8, 2);
  EXPECT_EQ(header % 64, 0u);
  EXPECT_EQ(counts[header - 1], '\n');
  EXPECT_NE(counts.find("{'descr': '<u4', 'fortran_order': False, 'shape': (2, 3), }"), std::string::npos);
  ASSERT_EQ(counts.size(), header + 24);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(number(counts, header + 4 * i, 4), i + 1);

  const std::string names = entry(zip, 1, name);
  EXPECT_EQ(name, "names.npy");
  EXPECT_NE(names.find("'|S5', 'fortran_order': False, 'shape': (2,), }"), std::string::npos);
  EXPECT_EQ(names.substr(names.size() - 10), std::string("a\0\0\0\0chr10", 10));
}

TEST(Npz, AnArrayMustBeComplete) {
  const TemporaryFolder folder;
  const std::int64_t three[] = {3};
  const std::vector<float> two{1, 2}, four{1, 2, 3, 4};
  {
    NpzWriter file(folder.path("a.npz"));
    file.begin("x", "<f4", three);
    file.write<float>(two);
    expect_error(
        ErrorKind::internal, [&] { file.commit(); }, "4 bytes", "x.npy");
  }
  {
    NpzWriter file(folder.path("a.npz"));
    file.begin("x", "<f4", three);
    expect_error(
        ErrorKind::internal, [&] { file.write<float>(four); }, "x.npy");
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path("a.npz")));
}

}  // namespace
}  // namespace genocuda

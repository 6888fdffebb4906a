// SPDX-License-Identifier: Apache-2.0
#include "learn/files/safetensors.h"

#include <array>
#include <cstring>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A file with this header, unpadded, and `data_bytes` bytes of data.
std::string file_with(std::string_view header, std::size_t data_bytes) {
  std::string text(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(text.data(), &length, 8);
  return text.append(header).append(data_bytes, 'd');
}

SafetensorsFile parse(std::string_view text) { return SafetensorsFile::parse(bytes_of(text), "model"); }

template <typename... Parts>
void expect_rejected(std::string_view text, const Parts&... parts) {
  SCOPED_TRACE(text.substr(0, 200));
  expect_error(
      ErrorKind::input_file, [&] { parse(text); }, "'model'", parts...);
}

/// One tensor of four bytes at `offsets`, the rest as given.
std::string one_tensor(std::string_view dtype, std::string_view shape, std::string_view offsets) {
  return fmt::format(R"({{"w":{{"dtype":"{}","shape":{},"data_offsets":{}}}}})", dtype, shape, offsets);
}

// What safetensors 0.8.0 for Python writes for
//   save({"b/weight": np.arange(6, dtype=float32).reshape(2, 3) * .5, "a": int64 [1, -2], "mask": [True, False, True],
//         "z": np.zeros((0, 4), float32), "scalar": float64 2.5, 'é"\n': uint8 [7], "h": float16 [1.5]},
//        metadata={"k": "v é"})
const std::string kReferenceHeader =
    "{\"__metadata__\":{\"k\":\"v \xc3\xa9\"},"
    R"("a":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},)"
    R"("scalar":{"dtype":"F64","shape":[],"data_offsets":[16,24]},)"
    R"("b/weight":{"dtype":"F32","shape":[2,3],"data_offsets":[24,48]},)"
    R"("z":{"dtype":"F32","shape":[0,4],"data_offsets":[48,48]},)"
    R"("h":{"dtype":"F16","shape":[1],"data_offsets":[48,50]},)"
    "\"\xc3\xa9\\\"\\n\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[50,51]},"
    R"("mask":{"dtype":"BOOL","shape":[3],"data_offsets":[51,54]}}    )";
const std::string kReferenceData(
    "\x01\0\0\0\0\0\0\0\xfe\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\x04\x40\0\0\0\0\0\0\0\x3f\0\0\x80\x3f\0\0\xc0\x3f"
    "\0\0\0\x40\0\0\x20\x40\0\x3e\x07\x01\0\x01",
    54);
const std::string kReferenceFile = file_with(kReferenceHeader, 0) + kReferenceData;

TEST(Safetensors, WritesTheBytesOfTheReferenceImplementation) {
  const std::array<float, 6> weight = {0, .5f, 1, 1.5f, 2, 2.5f};
  const std::array<std::int64_t, 2> a = {1, -2};
  const std::array<std::byte, 3> mask = {std::byte{1}, std::byte{0}, std::byte{1}};
  const std::array<double, 1> scalar = {2.5};
  const std::array<std::uint8_t, 1> seven = {7};
  const std::array<std::uint16_t, 1> half = {0x3e00};
  const std::vector<TensorRecord> tensors = {
      tensor_record<float>("b/weight", {2, 3}, weight),
      tensor_record<std::int64_t>("a", {2}, a),
      {"mask", SafetensorsType::boolean, {3}, mask},
      {"z", SafetensorsType::f32, {0, 4}, {}},
      tensor_record<double>("scalar", {}, scalar),
      tensor_record<std::uint8_t>("\xc3\xa9\"\n", {1}, seven),
      {"h", SafetensorsType::f16, {1}, std::as_bytes(std::span(half))},
  };
  EXPECT_EQ(text_of(serialize_safetensors(tensors, {{"k", "v \xc3\xa9"}})), kReferenceFile);

  const TemporaryFolder folder;
  write_safetensors(folder.path("file"), tensors, {{"k", "v \xc3\xa9"}});
  EXPECT_EQ(folder.content("file"), kReferenceFile);
  EXPECT_EQ(folder.file_count(), 1);
}

TEST(Safetensors, ReadsTheReferenceFile) {
  const TemporaryFolder folder;
  const SafetensorsFile file = SafetensorsFile::read(folder.write("file", kReferenceFile));
  EXPECT_EQ(file.source(), folder.path("file"));
  EXPECT_EQ(file.metadata(), (SafetensorsMetadata{{"k", "v \xc3\xa9"}}));
  std::vector<std::string> names;
  for (const TensorRecord& tensor : file.tensors()) names.push_back(tensor.name);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "scalar", "b/weight", "z", "h", "\xc3\xa9\"\n", "mask"}));

  EXPECT_EQ(file.at("b/weight").shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(tensor_values<float>(file.at("b/weight")), (std::vector<float>{0, .5f, 1, 1.5f, 2, 2.5f}));
  EXPECT_EQ(tensor_values<std::int64_t>(file.at("a")), (std::vector<std::int64_t>{1, -2}));
  EXPECT_EQ(tensor_values<double>(file.at("scalar")), std::vector<double>{2.5});
  EXPECT_TRUE(file.at("scalar").shape.empty());
  EXPECT_EQ(file.at("mask").type, SafetensorsType::boolean);
  EXPECT_EQ(file.at("mask").data.size(), 3u);
  EXPECT_TRUE(file.at("z").data.empty());

  EXPECT_EQ(file.find("none"), nullptr);
  expect_error(
      ErrorKind::input_file, [&] { file.at("none"); }, folder.path("file"), "\"none\"");
  expect_error(
      ErrorKind::input_file, [&] { tensor_values<double>(file.at("a")); }, "'a'", "I64", "F64");
}

TEST(Safetensors, TheBytesDoNotDependOnTheOrderGiven) {
  const std::array<float, 1> one = {1}, two = {2};
  const TensorRecord a = tensor_record<float>("a", {1}, one), b = tensor_record<float>("b", {1}, two);
  EXPECT_EQ(serialize_safetensors(std::array{a, b}), serialize_safetensors(std::array{b, a}));
}

TEST(Safetensors, RecordsSurviveAMoveOfTheFile) {
  SafetensorsFile first = parse(kReferenceFile);
  const TensorRecord* before = first.find("a");
  const SafetensorsFile second = std::move(first);
  EXPECT_EQ(second.find("a"), before);
  EXPECT_EQ(tensor_values<std::int64_t>(second.at("a")), (std::vector<std::int64_t>{1, -2}));
}

TEST(Safetensors, AnEmptyFileOfTensorsIsAFile) {
  const std::vector<std::byte> bytes = serialize_safetensors({});
  EXPECT_EQ(text_of(bytes), file_with("{}      ", 0));
  EXPECT_TRUE(SafetensorsFile::parse(bytes, "model").tensors().empty());
}

TEST(Safetensors, EveryTypeGoesThereAndBack) {
  std::vector<std::byte> data(64);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i);
  for (int i = 0; i <= static_cast<int>(SafetensorsType::u64); ++i) {
    const auto type = static_cast<SafetensorsType>(i);
    const TensorRecord record{"t", type, {3}, std::span(data).first(3 * safetensors_type_size(type))};
    const SafetensorsFile file = SafetensorsFile::parse(serialize_safetensors(std::array{record}), "model");
    EXPECT_EQ(file.at("t").type, type);
    EXPECT_EQ(text_of(file.at("t").data), text_of(record.data)) << safetensors_type_name(type);
  }
}

TEST(Safetensors, TheWriterRefusesWhatItCouldNotRead) {
  const std::array<float, 2> two = {1, 2};
  const auto refuse = [](const std::vector<TensorRecord>& tensors, const SafetensorsMetadata& metadata,
                         const char* part) {
    expect_error(
        ErrorKind::invalid_argument, [&] { serialize_safetensors(tensors, metadata); }, part);
  };
  const TensorRecord good = tensor_record<float>("w", {2}, two);
  refuse({good, good}, {}, "taken");
  refuse({tensor_record<float>("__metadata__", {2}, two)}, {}, "taken");
  refuse({tensor_record<float>("w", {3}, two)}, {}, "8 bytes");
  refuse({tensor_record<float>("w", {-2}, two)}, {}, "[-2]");
  refuse({tensor_record<float>("w", {std::int64_t{1} << 62, 4}, two)}, {}, "4611686018427387904");
  refuse({tensor_record<float>("\xff", {2}, two)}, {}, "UTF-8");
  refuse({good}, {{"k", "\xc3"}}, "UTF-8");
}

TEST(Safetensors, AFailedWriteLeavesTheOldFile) {
  const TemporaryFolder folder;
  folder.write("file", "old");
  const TensorRecord bad{"w", SafetensorsType::f32, {1}, {}};
  EXPECT_THROW(write_safetensors(folder.path("file"), std::array{bad}), Error);
  EXPECT_EQ(folder.content("file"), "old");
  EXPECT_EQ(folder.file_count(), 1);
}

TEST(SafetensorsMalformed, EveryTruncationIsAnError) {
  for (std::size_t size = 0; size < kReferenceFile.size(); ++size) {
    expect_rejected(kReferenceFile.substr(0, size), size <= 8 ? "not a safetensors file" : "truncated");
  }
}

TEST(SafetensorsMalformed, SaysHowMuchIsMissing) {
  expect_rejected(kReferenceFile.substr(0, 100), "takes 448 bytes", "the file has 100");
  expect_rejected(kReferenceFile.substr(0, 500), "take 54 bytes", "the file has 52");
}

TEST(SafetensorsMalformed, ForeignFilesAreNamed) {
  expect_rejected("", "not a safetensors file", "0 bytes");
  expect_rejected("PK\x03\x04 and so on", "zip archive", "PyTorch");
  expect_rejected("\x89HDF\r\n\x1a\n and so on", "HDF5");
  expect_rejected("\x1f\x8b\x08 and so on", "gzip");
  expect_rejected(">chr1\nACGTACGTACGT\n", "not a safetensors file");
  expect_rejected(file_with("[1, 2, 3]", 0), "not a safetensors file");
  expect_rejected(std::string(8, '\xff') + "{}", "not a safetensors file");
  expect_rejected(std::string(8, '\0') + "{}", "not a safetensors file");
}

TEST(SafetensorsMalformed, AFileIsToldByItsStartAndNotReadWhole) {
  const TemporaryFolder folder;
  folder.write("huge", "PK\x03\x04");
  std::filesystem::resize_file(folder.path("huge"), std::uintmax_t{1} << 40);  // sparse
  expect_error(
      ErrorKind::input_file, [&] { SafetensorsFile::read(folder.path("huge")); }, folder.path("huge"), "zip");
  expect_error(
      ErrorKind::input_file, [&] { SafetensorsFile::read(folder.path("none")); }, folder.path("none"));
  expect_error(
      ErrorKind::input_file, [&] { SafetensorsFile::read(folder.path()); }, folder.path());
}

TEST(SafetensorsMalformed, BadJsonIsAnError) {
  expect_rejected(file_with("{\"w\":", 0), "no JSON", "byte");
  expect_rejected(file_with("{} {}", 0), "no JSON");
  expect_rejected(file_with(std::string("{}\0\0", 4), 0), "no JSON");
  expect_rejected(file_with("{\"\xff\":1}", 0), "UTF-8");
  expect_rejected(file_with("{" + std::string(100000, '['), 0), "no JSON");
  expect_rejected(file_with("{\"w\":" + std::string(100000, '[') + std::string(100000, ']') + "}", 0), "\"w\"");
  EXPECT_NO_THROW(parse(file_with("{}  \n ", 0)));
}

TEST(SafetensorsMalformed, KeysMayNotBeTwice) {
  const std::string entry = R"("w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  expect_rejected(file_with("{" + entry + "," + entry + "}", 4), "\"w\" twice");
  expect_rejected(file_with(R"({"w":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}})", 4),
                  "\"dtype\" twice");
  expect_rejected(file_with(R"({"__metadata__":{"a":"1","a":"2"}})", 0), "\"a\" twice");
  EXPECT_NO_THROW(parse(file_with(R"({"__metadata__":{"w":"w"},)" + entry + "}", 4))) << "the same key elsewhere";
}

TEST(SafetensorsMalformed, EntriesMustBeWhole) {
  expect_rejected(file_with(R"({"w":1})", 0), "\"w\"", "no JSON object");
  expect_rejected(file_with(R"({"w":{"shape":[1],"data_offsets":[0,4]}})", 4), "\"dtype\" is missing");
  expect_rejected(file_with(R"({"w":{"dtype":"F32","data_offsets":[0,4]}})", 4), "\"shape\" is missing");
  expect_rejected(file_with(R"({"w":{"dtype":"F32","shape":[1]}})", 4), "\"data_offsets\" is missing");
  expect_rejected(file_with(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", 4), "besides");
  expect_rejected(file_with(R"({"w":{"dtype":4,"shape":[1],"data_offsets":[0,4]}})", 4), "\"dtype\" is no text");
  expect_rejected(file_with(one_tensor("F31", "[1]", "[0,4]"), 4), "unknown dtype \"F31\"");
  expect_rejected(file_with(one_tensor("F32", "1", "[0,4]"), 4), "\"shape\" is no list");
  expect_rejected(file_with(one_tensor("F32", "[1]", "[0]"), 4), "1 numbers instead of 2");
  expect_rejected(file_with(R"({"__metadata__":[]})", 0), "__metadata__");
  expect_rejected(file_with(R"({"__metadata__":{"epoch":3}})", 0), "\"epoch\" is no text");
}

TEST(SafetensorsMalformed, NumbersMustBeWholeAndFit) {
  for (const char* extent : {"-1", "1.0", "1e0", "\"1\"", "null", "9223372036854775808", "99999999999999999999999"}) {
    expect_rejected(file_with(one_tensor("F32", fmt::format("[{}]", extent), "[0,4]"), 4), "63 bits");
    expect_rejected(file_with(one_tensor("F32", "[1]", fmt::format("[0,{}]", extent)), 4), "63 bits");
  }
  expect_rejected(file_with(one_tensor("F32", "[1e999]", "[0,4]"), 4), "beyond all bounds");
  expect_rejected(file_with(one_tensor("F32", "[4611686018427387904,4]", "[0,4]"), 4), "more values than any file");
  expect_rejected(file_with(one_tensor("F32", "[9223372036854775807]", "[0,4]"), 4), "more values than any file");
  expect_rejected(file_with(one_tensor("U8", "[9223372036854775807]", "[0,9223372036854775807]"), 4), "truncated");
}

TEST(SafetensorsMalformed, OffsetsMustFitTypeShapeAndFile) {
  expect_rejected(file_with(one_tensor("F32", "[1]", "[0,8]"), 8), "take 4 bytes");
  expect_rejected(file_with(one_tensor("F32", "[1]", "[4,0]"), 4), "take 4 bytes");
  expect_rejected(file_with(one_tensor("F32", "[1]", "[4,8]"), 8), "follows a gap");
  expect_rejected(file_with(one_tensor("F32", "[1]", "[0,4]"), 5), "1 bytes follow the last tensor");
  const auto two = [](std::string_view first, std::string_view second) {
    return fmt::format(R"({{"a":{{"dtype":"U8","shape":[4],"data_offsets":{}}},)"
                       R"("b":{{"dtype":"U8","shape":[4],"data_offsets":{}}}}})",
                       first, second);
  };
  expect_rejected(file_with(two("[0,4]", "[2,6]"), 6), "\"b\" overlaps");
  expect_rejected(file_with(two("[0,4]", "[0,4]"), 4), "\"b\" overlaps");
  expect_rejected(file_with(two("[0,4]", "[5,9]"), 9), "\"b\" follows a gap");
  EXPECT_NO_THROW(parse(file_with(two("[4,8]", "[0,4]"), 8))) << "the order of the header is free";
}

TEST(SafetensorsMalformed, ANameCannotBreakTheMessage) {
  const std::string name = "a\\nb" + std::string(1000, 'x');
  try {
    parse(file_with("{\"" + name + "\":1}", 0));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    EXPECT_LT(std::strlen(error.what()), 250u);
  }
}

}  // namespace
}  // namespace genocuda

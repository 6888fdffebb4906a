// SPDX-License-Identifier: Apache-2.0
#include "genomics/line_reader.h"

#include <vector>

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

std::vector<std::string> all_lines(LineReader reader) {
  std::vector<std::string> lines;
  std::string_view line;
  while (reader.next(line)) lines.emplace_back(line);
  EXPECT_EQ(reader.line_number(), static_cast<std::int64_t>(lines.size()));
  EXPECT_FALSE(reader.next(line));
  return lines;
}

using Lines = std::vector<std::string>;

std::string long_text() {
  std::string text;
  for (int i = 0; i < 50000; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

TEST(LineReader, TakesEveryLineEnd) {
  EXPECT_EQ(all_lines(lines_of("a\nb\r\n\nc")), Lines({"a", "b", "", "c"}));
  EXPECT_EQ(all_lines(lines_of("")), Lines({}));
  EXPECT_EQ(all_lines(lines_of("\n")), Lines({""}));
  EXPECT_EQ(all_lines(lines_of("\xEF\xBB\xBFsequence\n\xEF\xBB\xBF")), Lines({"sequence", "\xEF\xBB\xBF"}));
}

TEST(LineReader, TakesLinesLongerThanItsBuffer) {
  const std::string line(1000000, 'A');
  EXPECT_EQ(all_lines(lines_of("x\n" + line + "\n" + line)), Lines({"x", line, line}));
}

TEST(LineReader, ReadsPlainGzipAndBgzipAlike) {
  const std::string text = long_text();
  const TemporaryFolder folder;
  const Lines lines = all_lines(lines_of(text));
  ASSERT_EQ(lines.size(), 50000u);
  EXPECT_EQ(all_lines(LineReader(folder.write("plain", text))), lines);
  EXPECT_EQ(all_lines(LineReader(folder.write("gzip", gzip(text)))), lines);
  EXPECT_EQ(all_lines(LineReader(folder.write("bgzip", bgzip(text, 5000)))), lines);
  // Several members, as `cat a.gz b.gz` makes them, and padding of zeros.
  EXPECT_EQ(all_lines(lines_of(gzip("a\n") + gzip("") + gzip("b\n") + std::string(600, '\0'))), Lines({"a", "b"}));
  EXPECT_EQ(all_lines(lines_of(gzip(""))), Lines({}));
}

TEST(LineReader, FindsEveryTruncation) {
  const std::string whole = gzip("some text that is compressed\n");
  for (std::size_t size = 2; size < whole.size(); ++size) {
    expect_error(
        ErrorKind::input_file, [&] { all_lines(lines_of(whole.substr(0, size))); }, "test", "truncated");
  }
  // A bgzip file cut between two blocks is whole as gzip, but lacks the end marker.
  const std::string blocks = bgzip("first\nsecond\nthird\n", 7);
  for (std::size_t size = 18; size < blocks.size(); ++size) {
    expect_error(
        ErrorKind::input_file, [&] { all_lines(lines_of(blocks.substr(0, size))); }, "test", "truncated");
  }
}

TEST(LineReader, FindsDamage) {
  std::string damaged = gzip(long_text());
  damaged[damaged.size() / 2] ^= 0x10;
  expect_error(
      ErrorKind::input_file, [&] { all_lines(lines_of(damaged)); }, "test is damaged");
  std::string checksum = gzip("text\n");
  checksum[checksum.size() - 5] ^= 1;
  expect_error(
      ErrorKind::input_file, [&] { all_lines(lines_of(checksum)); }, "test is damaged");
  expect_error(
      ErrorKind::input_file, [&] { all_lines(lines_of(gzip("a\n") + "text")); }, "other data");
}

TEST(LineReader, NamesWhatCannotBeOpened) {
  const TemporaryFolder folder;
  expect_error(
      ErrorKind::input_file, [&] { LineReader reader(folder.path("absent.fa")); }, "absent.fa", "No such file");
  expect_error(
      ErrorKind::input_file, [&] { LineReader reader(folder.path("")); }, "folder");
}

}  // namespace
}  // namespace genocuda

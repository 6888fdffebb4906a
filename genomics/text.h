// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Small helpers for reading text files, shared by the readers of this folder.
namespace genocuda {

/// Without spaces, tabs and carriage returns at either end.
std::string_view trim(std::string_view text);

/// In quotes for a one-line message: at most 20 bytes, what cannot be printed as \x00.
std::string quoted(std::string_view text);

/// Equal apart from the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b);

/// A whole number that takes all of `text`, or nothing.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A decimal number that takes all of `text`, or nothing; infinities and NaN are no numbers.
std::optional<double> parse_number(std::string_view text);

/// The fields between separators, with empty ones; replaces what `fields` held.
void split_fields(std::string_view line, char separator, std::vector<std::string_view>& fields);

/// The words between runs of spaces and tabs; replaces what `fields` held.
void split_words(std::string_view line, std::vector<std::string_view>& fields);

/// Whether a line of a BED or bedGraph file says how to show it: `track` or `browser`, words of their own and not
/// beginnings of contig names.
bool is_display_line(std::string_view line);

/// Whether a line, trimmed, holds nothing to read: blank, a comment behind '#', or a display line.
bool is_no_record(std::string_view line);

}  // namespace genocuda

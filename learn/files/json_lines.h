// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace genocuda {

/// A log of one JSON object a line (metrics.jsonl) that survives kill -9. The protocol of a training run:
///
///   start    write_file_atomically(path, "")
///   epoch e  append_json_line(path, line), THEN the checkpoint that says "e epochs are done"
///   resume   keep_json_lines(path, "epoch", epochs done by the checkpoint)
///
/// Killed while a line is appended: the file ends in a torn line. Killed between the two: the file has a line the
/// checkpoint knows nothing of, which the resumed run will write again. keep_json_lines removes both, so a resumed run
/// ends with the lines of an uninterrupted one. Appending leaves the file in place, so `tail -f` follows it.

/// Appends `json` (an object without line breaks) and a line break, and returns once they are on the disk. Where the
/// disk is full, throws Error (input_file) and leaves the file as it was.
void append_json_line(const std::string& path, std::string_view json);

/// Keeps the lines of `path` that end in a line break, are JSON objects and have an integer `key` of at most `last`;
/// rewrites the file atomically if others are in it. A file that is absent is created empty. Returns the lines kept.
std::size_t keep_json_lines(const std::string& path, std::string_view key, std::int64_t last);

}  // namespace genocuda

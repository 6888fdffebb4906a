// SPDX-License-Identifier: Apache-2.0
#include "apps/signal_file.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "core/error.h"
#include "genomics/bedgraph.h"
#include "genomics/bigwig.h"

namespace genocuda::apps {
namespace {

class FileSink final : public RewritableSink {
 public:
  explicit FileSink(AtomicFile& file) : file_(file) {}
  void write(std::string_view bytes) override { file_.write(bytes); }
  void rewrite(std::uint64_t offset, std::string_view bytes) override { file_.rewrite(offset, bytes); }

 private:
  AtomicFile& file_;
};

// The ending of a path in lower case.
std::string ending(const std::string& path) {
  std::string text = std::filesystem::path(path).extension().string();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

bool is_bigwig_name(const std::string& path) { return ending(path) == ".bw" || ending(path) == ".bigwig"; }

}  // namespace

bool is_signal_name(const std::string& path) {
  const bool compressed = ending(path) == ".gz";
  const std::string name = compressed ? ending(path.substr(0, path.size() - 3)) : ending(path);
  return name == ".bedgraph" || name == ".bdg" || name == ".bg" || (!compressed && is_bigwig_name(path));
}

SignalFile::SignalFile(const std::string& path) : path_(path), file_(path.empty() ? "/dev/stdout" : path) {
  if (is_bigwig_name(path_) && file_.is_written_straight()) {
    throw Error(ErrorKind::input_file, "'{}' is a pipe or device, on which bigWig cannot be written; name a file",
                path_);
  }
}

std::string SignalFile::folder() const {
  if (file_.is_written_straight()) return std::filesystem::temp_directory_path().string();
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  return folder.empty() ? "." : folder;
}

void SignalFile::write(const SignalTrack& track) {
  FileSink sink(file_);
  if (is_bigwig_name(path_)) {
    write_bigwig(track, sink);
  } else if (ending(path_) == ".gz") {
    BgzipSink bgzip(sink);
    write_bedgraph(track, bgzip);
    bgzip.finish();
  } else {
    write_bedgraph(track, sink);
  }
  file_.commit();
}

}  // namespace genocuda::apps

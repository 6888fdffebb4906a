// SPDX-License-Identifier: Apache-2.0
#include "learn/files/tuning_file.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "learn/files/atomic_file.h"

namespace genocuda {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMark = "genocuda_tuning";
constexpr int kVersion = 1;
/// What every file of ours begins with, damaged further on or of another version as it may be.
constexpr const char* kBeginning = "{\"genocuda_tuning\":";

/// Another process holds the file for as long as it takes to write some kilobytes.
constexpr int kAttempts = 100;
constexpr std::chrono::milliseconds kPause{20};

/// Throws Json::exception where the text is not what to_text() makes.
std::map<std::string, std::map<std::string, Tuning>> from_text(const std::string& text) {
  std::map<std::string, std::map<std::string, Tuning>> entries;
  const Json file = Json::parse(text);
  if (file.at(kMark).get<int>() != kVersion) return {};
  for (const auto& [device, problems] : file.at("devices").items()) {
    for (const auto& [problem, found] : problems.items()) {
      Tuning& tuning = entries[device][problem];
      tuning.implementation = found.at("implementation").get<std::string>();
      for (const auto& [name, microseconds] : found.at("microseconds").items()) {
        tuning.seconds[name] = microseconds.get<double>() * 1e-6;
      }
    }
  }
  return entries;
}

std::string to_text(const std::map<std::string, std::map<std::string, Tuning>>& entries) {
  Json devices = Json::object();
  for (const auto& [device, problems] : entries) {
    for (const auto& [problem, tuning] : problems) {
      Json microseconds = Json::object();
      for (const auto& [name, seconds] : tuning.seconds) microseconds[name] = seconds * 1e6;
      devices[device][problem] = {{"implementation", tuning.implementation}, {"microseconds", microseconds}};
    }
  }
  return fmt::format("{}{},\"devices\":{}}}\n", kBeginning, kVersion, devices.dump(1));
}

}  // namespace

std::string default_tuning_path() {
  const auto folder = [](const char* variable) {
    const char* const value = std::getenv(variable);
    return std::filesystem::path(value == nullptr ? "" : value);
  };
  std::filesystem::path cache = folder("XDG_CACHE_HOME");
  if (!cache.is_absolute()) {  // as the XDG base directory specification has it
    if (folder("HOME").empty()) return {};
    cache = folder("HOME") / ".cache";
  }
  return cache / "genocuda" / "tuning.json";
}

TuningFile::TuningFile(std::string path, std::function<void(const std::string&)> say)
    : path_(std::move(path)), say_(std::move(say)) {}

void TuningFile::complain(const std::string& line) {
  if (!std::exchange(has_complained_, true)) say_(line);
}

TuningFile::Entries TuningFile::read() {
  std::error_code ignored;
  if (!std::filesystem::exists(path_, ignored)) return {};
  std::ifstream file(path_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof()) {
    complain(fmt::format("'{}' cannot be read, so nothing is known of earlier timings", path_));
    return {};
  }
  if (text.empty()) return {};
  if (!text.starts_with(kBeginning)) {
    may_write_ = false;
    complain(fmt::format("'{}' is not a tuning cache and is left alone: name another file, or delete it", path_));
    return {};
  }
  try {
    return from_text(text);
  } catch (const Json::exception&) {
    complain(fmt::format("the tuning cache '{}' is damaged: it is written anew", path_));
    return {};
  }
}

std::optional<Tuning> TuningFile::find(const std::string& device, const std::string& problem) {
  if (!std::exchange(was_read_, true)) known_ = read();
  for (const Entries& entries : {std::cref(found_), std::cref(known_)}) {
    const auto problems = entries.find(device);
    if (problems == entries.end()) continue;
    if (const auto known = problems->second.find(problem); known != problems->second.end()) return known->second;
  }
  return std::nullopt;
}

void TuningFile::keep(const std::string& device, const std::string& problem, const Tuning& tuning) {
  found_[device][problem] = tuning;
  for (int attempt = 1; may_write_; ++attempt) {
    try {
      write();
      return;
    } catch (const std::exception& error) {
      // A file that another process holds is free in a moment; a folder that cannot be made stays so.
      if (attempt < kAttempts && dynamic_cast<const Error*>(&error) != nullptr) {
        std::this_thread::sleep_for(kPause);
        continue;
      }
      may_write_ = false;
      complain(fmt::format("timings are not kept: {}", error.what()));
    }
  }
}

void TuningFile::write() {
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder);
  AtomicFile file(path_);  // locked from here on, so that nothing of another process comes in between
  known_ = read();
  if (!may_write_) return;
  Entries all = known_;
  for (const auto& [device, problems] : found_) {
    for (const auto& [problem, tuning] : problems) all[device][problem] = tuning;
  }
  file.write(to_text(all));
  file.commit();
}

}  // namespace genocuda

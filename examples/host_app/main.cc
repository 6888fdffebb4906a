// SPDX-License-Identifier: Apache-2.0
// A program with a trained network inside, on the GPU where there is one and else on the CPU:
//   host_app [--device NAME] [--precision fp32|tf32|bf16] [--both-strands] [--threads N] MODEL (--fasta FILE |
//   SEQUENCE...)
// prints a line of tab-separated predictions for each sequence, under a line that names the tasks. It says on standard
// error which device it runs on. With several threads each has a model of its own and a share of the sequences.
#include <algorithm>
#include <charconv>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "genocuda/model.h"
#include "genocuda/version.h"

namespace {

using genocuda::Model;
using genocuda::Precision;

struct Arguments {
  std::string model, fasta, device = "auto";
  Precision precision = Precision::fp32;
  bool both_strands = false;
  std::size_t threads = 1;
  std::vector<std::string> sequences;
};

struct Sequences {
  std::vector<std::string> names, bases;
};

/// What the command line says; an exception where it says nothing that makes sense.
Arguments parse(std::span<char*> words) {
  const std::map<std::string, Precision> precisions{
      {"fp32", Precision::fp32}, {"tf32", Precision::tf32}, {"bf16", Precision::bf16}};
  Arguments result;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string word = words[i];
    const auto value = [&]() -> std::string {
      if (++i == words.size()) throw std::invalid_argument(word + " needs a value");
      return words[i];
    };
    if (word == "--device") {
      result.device = value();
    } else if (word == "--precision") {
      const auto found = precisions.find(value());
      if (found == precisions.end()) throw std::invalid_argument("--precision takes fp32, tf32 or bf16");
      result.precision = found->second;
    } else if (word == "--both-strands") {
      result.both_strands = true;
    } else if (word == "--fasta") {
      result.fasta = value();
    } else if (word == "--threads") {
      const std::string number = value();
      const char* const end = number.data() + number.size();
      const auto [stop, error] = std::from_chars(number.data(), end, result.threads);
      if (error != std::errc() || stop != end || result.threads == 0) {
        throw std::invalid_argument("--threads takes a number from 1 on");
      }
    } else if (word.starts_with("-")) {
      throw std::invalid_argument("there is no option " + word);
    } else if (result.model.empty()) {
      result.model = word;
    } else {
      result.sequences.push_back(word);
    }
  }
  if (result.model.empty() || result.fasta.empty() == result.sequences.empty()) {
    throw std::invalid_argument("give a model, and either --fasta FILE or sequences");
  }
  return result;
}

/// The records of a FASTA file, by the first word of their headers.
Sequences read_fasta(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read '" + path + "'");
  Sequences result;
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.starts_with('>')) {
      result.names.push_back(line.substr(1, line.find_first_of(" \t") - 1));
      result.bases.emplace_back();
    } else if (!line.empty()) {
      if (result.bases.empty())
        throw std::runtime_error("'" + path + "' does not begin with a '>' and is no FASTA file");
      result.bases.back() += line;
    }
  }
  return result;
}

Sequences sequences_of(const Arguments& arguments) {
  if (!arguments.fasta.empty()) return read_fasta(arguments.fasta);
  Sequences result{.names = {}, .bases = arguments.sequences};
  for (std::size_t i = 1; i <= result.bases.size(); ++i) result.names.push_back(std::to_string(i));
  return result;
}

/// Predictions for all sequences, each thread a run of neighbouring ones with a model of its own; `first` is that of
/// the first thread. The exception of any thread is thrown here.
std::vector<float> predict(Model& first, const Arguments& arguments, std::span<const std::string> sequences) {
  const std::size_t count = std::min(arguments.threads, std::max<std::size_t>(sequences.size(), 1));
  std::vector<std::vector<float>> parts(count);
  std::vector<std::exception_ptr> errors(count);
  const auto work = [&](std::size_t i) {
    const std::size_t begin = sequences.size() * i / count, end = sequences.size() * (i + 1) / count;
    const auto run = [&](Model& model) {
      parts[i] = model.predict(sequences.subspan(begin, end - begin), arguments.both_strands);
    };
    try {
      if (i == 0) return run(first);
      Model own = Model::load(arguments.model, arguments.device, arguments.precision);
      run(own);
    } catch (const std::exception& error) {
      // A model counts from the first sequence that it was given.
      const std::string before = begin > 0 ? "behind sequence " + std::to_string(begin) + ": " : "";
      errors[i] = std::make_exception_ptr(std::runtime_error(before + error.what()));
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < count; ++i) others.emplace_back(work, i);
  work(0);
  for (std::thread& thread : others) thread.join();
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  std::vector<float> all;
  for (const std::vector<float>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// Of the columns: the tasks, or in a model of signals the outputs, with the numbers of their columns.
std::vector<std::string> column_names(const Model& model) {
  if (!model.tasks().empty()) return model.tasks();
  std::vector<std::string> names;
  for (const Model::Output& output : model.outputs()) {
    for (std::int64_t i = 0; i < output.count; ++i) names.push_back(output.name + "." + std::to_string(i + 1));
  }
  return names;
}

void print(const Model& model, const Sequences& sequences, std::span<const float> predictions) {
  std::cout << "name";
  for (const std::string& name : column_names(model)) std::cout << '\t' << name;
  std::cout << '\n';
  const auto columns = static_cast<std::size_t>(model.columns());
  for (std::size_t i = 0; i < sequences.names.size(); ++i) {
    std::cout << sequences.names[i];
    for (const float each : predictions.subspan(i * columns, columns)) std::cout << '\t' << each;
    std::cout << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  try {
    arguments = parse(std::span(argv, static_cast<std::size_t>(argc)));
  } catch (const std::exception& error) {
    std::cerr << "host_app: " << error.what()
              << "\nusage: host_app [--device NAME] [--precision fp32|tf32|bf16] [--both-strands] [--threads N] MODEL "
                 "(--fasta FILE | SEQUENCE...)\n";
    return 2;
  }
  try {
    Model model = Model::load(arguments.model, arguments.device, arguments.precision);
    std::cerr << "genocuda " << genocuda::version() << ", " << model.tasks().size() << " tasks, sequences of "
              << model.length() << " bases, on " << model.device() << '\n';
    const Sequences sequences = sequences_of(arguments);
    print(model, sequences, predict(model, arguments, sequences.bases));
  } catch (const std::exception& error) {  // genocuda::Error: one line that says what to do
    std::cerr << "host_app: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// A program with a trained network inside:  host_app MODEL.safetensors < SEQUENCES
// reads one sequence a line and prints one prediction a task, tab-separated, under a line with the tasks' names.
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "genocuda/model.h"
#include "genocuda/version.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: host_app MODEL.safetensors < SEQUENCES\n";
    return 2;
  }
  try {
    genocuda::Model model = genocuda::Model::load(argv[1]);
    std::cerr << "genocuda " << genocuda::version() << ", " << model.tasks().size() << " tasks, sequences of "
              << model.length() << " bases, on " << model.device() << '\n';

    std::vector<std::string> sequences;
    for (std::string line; std::getline(std::cin, line);) sequences.push_back(line);
    const std::vector<float> predictions = model.predict(sequences);

    const std::size_t columns = model.tasks().size();
    for (std::size_t t = 0; t < columns; ++t) std::cout << (t > 0 ? "\t" : "") << model.tasks()[t];
    std::cout << '\n';
    for (std::size_t i = 0; i < predictions.size(); ++i) {
      std::cout << predictions[i] << ((i + 1) % columns == 0 ? '\n' : '\t');
    }
  } catch (const std::exception& error) {  // genocuda::Error: one line that says what to do
    std::cerr << "host_app: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "core/error.h"
#include "host/cpu_device.h"
#include "learn/train/trainer.h"
#include "tests/learn/train/toy.h"

/// usage: training_program DIR: trains a small net there, going on where an earlier run was ended, with a checkpoint
/// after every step. For the test that ends it.
int main(int count, char** arguments) {
  using namespace genocuda;
  if (count != 2) return 2;
  try {
    const auto device = make_cpu_device(1);
    const Examples data = toy::motifs(260, 1), valid = toy::motifs(70, 2);
    TrainingSettings settings = toy::settings();
    settings.epochs = 5;
    settings.reverse_complement = true;
    settings.checkpoint_minutes = 1e-9;
    Trainer(toy::net(), settings, *device, data, &valid, {.directory = arguments[1], .resume = true}).run();
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

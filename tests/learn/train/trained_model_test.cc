// SPDX-License-Identifier: Apache-2.0
#include "learn/trained_model.h"

#include <gtest/gtest.h>

#include "host/cpu_device.h"
#include "learn/train/trainer.h"
#include "tests/learn/train/toy.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

/// The toy net with its first weights.
TrainedModel untrained() {
  const auto device = make_cpu_device(1);
  VariableStore variables(*device);
  TrainedModel model{.spec = with_size(toy::net(), {toy::kLength, 2}), .tasks = {"ap1", "ecori"}, .tensors = {}};
  Graph graph;
  initialise(variables,
             build_model(graph, model.spec, model.size(), make_inputs(graph, model.spec, model.size(), 1), {}), 3);
  model.tensors = save(variables, variables.names());
  return model;
}

TEST(TrainedModel, IsTheSameAfterAWayThroughAFile) {
  const TemporaryFolder folder;
  const TrainedModel model = untrained();
  EXPECT_TRUE(model.tensors.contains("conv1/filters"));
  write_trained_model(folder.path("a"), model);
  const TrainedModel read = read_trained_model(folder.path("a"));
  EXPECT_EQ(read.spec, model.spec);
  EXPECT_EQ(read.tasks, model.tasks);
  EXPECT_EQ(read.tensors, model.tensors);
  write_trained_model(folder.path("b"), read);
  EXPECT_EQ(toy::read_bytes(folder.path("a")), toy::read_bytes(folder.path("b")));
}

TEST(TrainedModel, FilesThatDoNotFitAreRefused) {
  const TemporaryFolder folder;
  const std::string path = folder.path("m.safetensors");
  const auto reading = [&](const TrainedModel& model) {
    return [&path, model] {
      write_trained_model(path, model);
      read_trained_model(path);
    };
  };
  TrainedModel model = untrained();
  model.tensors.erase("dense1/bias");
  expect_error(ErrorKind::input_file, reading(model), path, "'dense1/bias'", "missing");

  model = untrained();
  model.tensors["extra"] = model.tensors["dense1/bias"];
  expect_error(ErrorKind::input_file, reading(model), path, "'extra'", "no layer");

  model = untrained();
  model.tensors["dense1/bias"] = model.tensors["dense1/weights"];
  expect_error(ErrorKind::input_file, reading(model), path, "'dense1/bias'", "f32[12, 2]", "f32[2]");

  model = untrained();
  model.tasks.pop_back();
  expect_error(ErrorKind::input_file, reading(model), path, "tasks");
}

TEST(TrainedModel, ForeignFilesAreRefused) {
  const TemporaryFolder folder;
  const std::string path = folder.path("m.safetensors");
  const std::vector<float> values{1, 2};
  const TensorRecord record = tensor_record<float>("w", {2}, values);
  const auto reading = [&path] { read_trained_model(path); };
  expect_error(ErrorKind::input_file, reading, path);
  write_safetensors(path, std::span(&record, 1));
  expect_error(ErrorKind::input_file, reading, path, "no model of genocuda");
  write_safetensors(path, std::span(&record, 1), {{"format", "genocuda model 2"}});
  expect_error(ErrorKind::input_file, reading, path, "newer");
  write_safetensors(path, std::span(&record, 1), {{"format", "genocuda model 1"}});
  expect_error(ErrorKind::input_file, reading, path, "'model'");
  folder.write("m.safetensors", "ACGT");
  expect_error(ErrorKind::input_file, reading, path);

  write_trained_model(path, untrained());
  const std::string bytes = toy::read_bytes(path);
  folder.write("m.safetensors", bytes.substr(0, bytes.size() - 5));
  expect_error(ErrorKind::input_file, reading, path);
}

TEST(TrainedModel, ACheckpointIsNotTakenForOne) {
  const TemporaryFolder folder;
  const auto device = make_cpu_device(1);
  const Examples data = toy::motifs(32, 1);
  Trainer(toy::net(), toy::settings(), *device, data, nullptr, {.directory = folder.path()});
  expect_error(
      ErrorKind::input_file, [&] { read_trained_model(folder.path("checkpoint.safetensors")); }, "checkpoint",
      "model.safetensors");
}

}  // namespace
}  // namespace genocuda

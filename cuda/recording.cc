// SPDX-License-Identifier: Apache-2.0
#include "cuda/recording.h"

#include <mutex>
#include <utility>

#include "cuda/check.h"
#include "cuda/handles.h"

namespace genocuda::cuda {
namespace {

/// A stream that captures as long as this lives.
class Capture {
 public:
  /// Thread-local: other threads go on allocating and copying.
  explicit Capture(cudaStream_t stream) : stream_(stream) {
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "beginning to record a stream");
  }
  ~Capture() {
    if (stream_ == nullptr) return;
    cudaGraph_t graph = nullptr;
    cudaStreamEndCapture(stream_, &graph);
    if (graph != nullptr) cudaGraphDestroy(graph);
    cudaGetLastError();  // of a capture that was spoilt, or the next call would report it
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// Ends the capture; the graph is the caller's.
  cudaGraph_t finish() {
    cudaGraph_t graph = nullptr;
    const cudaError_t status = cudaStreamEndCapture(std::exchange(stream_, nullptr), &graph);
    if (status != cudaSuccess) cudaGetLastError();
    check(status, "recording a stream");
    return graph;
  }

 private:
  cudaStream_t stream_;
};

class GraphRecording final : public Recording {
 public:
  /// `graph` stays the caller's.
  GraphRecording(int ordinal, cudaStream_t stream, cudaGraph_t graph) : ordinal_(ordinal), stream_(stream) {
    check(cudaGraphInstantiate(&graph_, graph, 0), "making a graph executable");
    // What fails here fails again, and is reported, at the first launch.
    if (cudaGraphUpload(graph_, stream_) != cudaSuccess) cudaGetLastError();
  }
  ~GraphRecording() override {
    cudaStreamSynchronize(stream_);  // the last launch may still run
    cudaGraphExecDestroy(graph_);
  }
  GraphRecording(const GraphRecording&) = delete;
  GraphRecording& operator=(const GraphRecording&) = delete;

  void replay() override {
    const DeviceGuard guard(ordinal_);
    check(cudaGraphLaunch(graph_, stream_), "launching a graph");
  }

 private:
  int ordinal_;
  cudaStream_t stream_;
  cudaGraphExec_t graph_ = nullptr;
};

struct DestroyGraph {
  void operator()(CUgraph_st* graph) const { cudaGraphDestroy(graph); }
};

}  // namespace

std::unique_ptr<Recording> capture(Context& context, cudaStream_t stream, const std::function<void()>& work) {
  const DeviceGuard guard(context.ordinal());
  std::unique_ptr<CUgraph_st, DestroyGraph> graph;
  {
    const std::shared_lock lock(context.recordings());
    Capture capturing(stream);
    work();
    graph.reset(capturing.finish());
  }
  return std::make_unique<GraphRecording>(context.ordinal(), stream, graph.get());
}

}  // namespace genocuda::cuda

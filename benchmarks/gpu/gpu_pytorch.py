#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layers and nets of the benchmark program in PyTorch on the same GPU, printed as rows of the same form.

One-hot input is made beforehand and costs nothing here. Operators are timed as CUDA graphs of many calls, in PyTorch's own
layout and in channels-last; the fused first layer and the nets launched one by one (eager), as one graph in both layouts
(graph, channels_last graph) and through torch.compile (compile). What compiles comes last, since that takes longest; begins
nothing new after --seconds.
"""

import argparse
import itertools
import json
import statistics
import sys
import time

import torch

import gpu_torch_models as models

CACHED_BYTES = 128 << 20
MODES = (("bf16", "bf16"), ("tf32", "f32"), ("fp32", "f32"))  # precision, storage


class Bench:
    def __init__(self, seconds, tiny):
        self.end = time.monotonic() + seconds
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.tiny, self.left_out, self.failed = tiny, 0, 0
        self.samples, self.sample_seconds = (3, 0) if tiny else (11, 2e-3)

    def seconds_of(self, count, run):
        """Of so many runs, by the device's clock."""
        if self.device.type == "cpu":
            start = time.perf_counter()
            for _ in range(count):
                run()
            return time.perf_counter() - start
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        for _ in range(count):
            run()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) * 1e-3

    def measure(self, run, scale=1):
        self.seconds_of(3, run)
        count = max(1, min(10000, int(self.sample_seconds / max(self.seconds_of(2, run) / 2, 1e-9)) + 1))
        times = [self.seconds_of(count, run) / count / scale * 1e6 for _ in range(self.samples)]
        return list(statistics.quantiles(times, n=4, method="inclusive"))

    def graph(self, run, repeats=1):
        """`run` recorded so many times over, as one thing to launch."""
        if self.device.type == "cpu":
            return lambda: [run() for _ in range(repeats)]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                run()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            for _ in range(repeats):
                run()
        return graph.replay

    def row(self, about, make):
        """Times what `make` returns, (run, runs in it), and prints the row."""
        if time.monotonic() > self.end:
            self.left_out += 1
            return
        try:
            run, scale = make()
            print(json.dumps({**about, "us": self.measure(run, scale)}), flush=True)
        except Exception as error:  # out of memory, a compiler that is not there: the next row may do
            self.failed += 1
            print(json.dumps({**about, "error": f"{type(error).__name__}: {str(error).splitlines()[:1]}"}), flush=True)
        finally:
            torch._dynamo.reset() if "compile" in about["implementation"] else None
            if self.device.type == "cuda":
                torch.cuda.empty_cache()


def set_precision(precision):
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"


def dtype_of(storage):
    return torch.bfloat16 if storage == "bf16" else torch.float32


def bytes_of(tensors):
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def ceilings(bench):
    n = 1 << (12 if bench.tiny else 28)
    source = torch.rand(n, device=bench.device)
    target = torch.empty_like(source)
    bench.row({"kind": "copy", "implementation": "torch", "bytes": 8 * n, "flop": {}}, lambda: (lambda: target.copy_(source), 1))
    n = 64 if bench.tiny else 8192
    for precision, storage in MODES:
        set_precision(precision)
        a, b = (torch.rand(n, n, device=bench.device).to(dtype_of(storage)) for _ in range(2))
        about = {"kind": "product", "implementation": "torch", "precision": precision, "storage": storage,
                 "bytes": 3 * n * n * a.element_size(), "flop": {precision: 2.0 * n**3}}
        bench.row(about, lambda: (lambda: torch.matmul(a, b), 1))


def rotating(bench, make_inputs, function, repeats=16):
    """A graph of calls on several sets of inputs, so that none lies in a cache; how many calls it has."""
    first = make_inputs()
    sets = [first] + [make_inputs() for _ in range(min(15, 0 if bench.tiny else CACHED_BYTES // bytes_of(first)))]
    turn = itertools.cycle(sets)
    repeats = 1 if bench.tiny else repeats
    return bench.graph(lambda: function(*next(turn)), repeats), repeats


def operators(bench, layers, batch):
    for layer, (precision, storage) in itertools.product(layers, MODES):
        if precision == "tf32" and layer["type"] not in ("onehot", "conv"):
            continue  # there is no product in it
        if layer["type"] == "adam" and precision != "fp32":
            continue
        set_precision(precision)
        for name, variant, make_inputs, function in models.operators(layer, batch, dtype_of(storage), bench.device):
            about = {"kind": "operator", "layer": layer["layer"], "batch": batch, "operator": name,
                     "implementation": f"torch {variant}", "precision": precision, "storage": storage}
            bench.row(about, lambda: rotating(bench, make_inputs, function))


def net_run(bench, net, batch, training, mode, variant):
    precision, storage = mode
    set_precision(precision)
    torch.manual_seed(1)
    short = precision == "bf16"
    model, inputs, loss_of = models.net(net, batch, bench.device, bench.tiny, image=variant.startswith("channels_last"))
    if short and storage == "bf16":
        model, inputs = model.bfloat16(), [each.bfloat16() for each in inputs]
    model.train(training)
    forward = torch.compile(model) if variant == "compile" else model
    cast = torch.autocast(bench.device.type, torch.bfloat16, enabled=short and storage == "f32", cache_enabled=False)
    if not training:
        def run():
            with torch.no_grad(), cast:
                forward(*inputs)
    else:
        on_gpu = bench.device.type == "cuda"
        optimizer = torch.optim.AdamW(model.parameters(), **({"fused": True, "capturable": True} if on_gpu else {}))

        def run():
            optimizer.zero_grad(set_to_none=True)
            with cast:
                loss = loss_of(forward(*inputs))
            loss.backward()
            optimizer.step()
    return (bench.graph(run), 1) if variant.endswith("graph") else (run, 1)


def nets(bench, batches, variants):
    names = models.NETS[:1] if bench.tiny else models.NETS
    for batch, variant, net, training in itertools.product(batches, variants, names, (True, False)):
        for precision, storage in (("bf16", "f32"), ("tf32", "f32"), ("fp32", "f32"), ("bf16", "bf16")):
            if storage == "bf16" and training:
                continue
            about = {"kind": "net", "layer": net, "batch": batch, "operator": "training_step" if training else "inference",
                     "implementation": f"torch {variant}", "precision": precision, "storage": storage}
            bench.row(about, lambda: net_run(bench, net, batch, training, (precision, storage), variant))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", required=True, help="the table of layers, as the benchmark program lists it")
    parser.add_argument("--seconds", type=float, default=100)
    parser.add_argument("--tiny", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.layers, encoding="utf-8") as lines:
        layers = [json.loads(line) for line in lines]
    bench = Bench(arguments.seconds, arguments.tiny)
    cudnn = torch.backends.cudnn.version() if torch.cuda.is_available() else None
    print(json.dumps({"kind": "versions", "torch": torch.__version__, "torch_cuda": torch.version.cuda, "cudnn": cudnn}))
    ceilings(bench)
    batches = [2] if bench.tiny else [256, 64, 1024]
    for batch in batches:
        nets(bench, [batch], ["eager", "graph", "channels_last graph"])
        # The optimizer's step is the same at every batch.
        operators(bench, [each for each in layers if each["type"] != "adam" or batch == batches[0]], batch)
    if not bench.tiny:
        nets(bench, batches, ["compile"])
    if bench.left_out:
        print(json.dumps({"kind": "left_out", "of": "PyTorch", "rows": bench.left_out}))
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main())

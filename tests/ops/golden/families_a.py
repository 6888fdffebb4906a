# SPDX-License-Identifier: Apache-2.0
"""Golden cases of arithmetic, activations, convolutions, matrix products, one-hot DNA and pools."""

import torch
import torch.nn.functional as F

from families_b import channels_first, channels_last, differentiated


def arithmetic():
    binary = {"add": torch.add, "subtract": torch.sub, "multiply": torch.mul}
    for name, function in binary.items():
        inputs = {"a": torch.randn(3, 4), "b": torch.randn(3, 4)}
        yield differentiated(name, inputs, ("a", "b"), lambda a, b: function(a, b), {"operator": name})
    attributes = {"operator": "scale", "factor": -1.75, "offset": 0.5}
    yield differentiated("scale", {"x": torch.randn(3, 4)}, ("x",), lambda x: -1.75 * x + 0.5, attributes)


def activation():
    kinds = {
        "sigmoid": (torch.sigmoid, 0),
        "tanh": (torch.tanh, 0),
        "relu": (F.relu, 0),
        "thresholded_relu": (lambda x: F.threshold(x, 0.3, 0.0), 0.3),
        "leaky_relu": (lambda x: F.leaky_relu(x, 0.02), 0.02),
        # PyTorch turns linear above a threshold; 200 is out of reach.
        "softplus": (lambda x: F.softplus(x, threshold=200), 0),
        "elu": (lambda x: F.elu(x, 1.3), 1.3),
        "gelu": (F.gelu, 0),
        "exp": (torch.exp, 0),
        "log1p": (torch.log1p, 0),
    }
    far_out = torch.tensor([-100.0, -30.0, -5.0, -1e-9, 0.0, 1e-9, 5.0, 30.0, 100.0])
    positive = torch.tensor([-0.999, -1e-9, 0.0, 1e-12, 1e-3, 1.0, 1e6, 1e15])
    for kind, (function, alpha) in kinds.items():
        attributes = {"kind": kind, "alpha": alpha}
        x = 2 * torch.randn(2, 3, 4)
        yield differentiated(kind, {"x": x.abs() if kind == "log1p" else x}, ("x",), lambda x: function(x), attributes)
        extremes = positive if kind == "log1p" else far_out
        yield differentiated(f"{kind} far out", {"x": extremes}, ("x",), lambda x: function(x), attributes)


def prelu():
    for name, shape in {"rows": (5, 3), "sequences": (2, 4, 3), "one channel": (6, 1)}.items():
        yield differentiated(
            name,
            {"x": torch.randn(shape), "slope": torch.randn(shape[-1])},
            ("x", "slope"),
            lambda x, slope: channels_last(F.prelu(channels_first(x), slope)),
        )


def maxout():
    for pieces, shape in ((2, (2, 3, 8)), (3, (4, 6)), (5, (2, 5))):
        yield differentiated(
            f"{pieces} pieces",
            {"x": torch.randn(shape)},
            ("x",),
            lambda x: x.unflatten(-1, (pieces, shape[-1] // pieces)).max(dim=-2).values,
            {"pieces": pieces},
        )


def geometry(width, stride=1, dilation=1, pad_left=0, pad_right=0, padding=None):
    """Attributes of a window; `padding` is the rule ("same", "ceil") that the padding follows from, None where it is given."""
    attributes = {"width": width, "stride": stride, "dilation": dilation, "pad_left": pad_left, "pad_right": pad_right}
    return attributes | ({"padding": padding} if padding else {})


def convolve(x, filters, window):
    x, weights = x.transpose(1, 2), filters.permute(2, 1, 0)
    padding = 0
    if "padding" in window:
        padding = window["padding"]
    else:
        x = F.pad(x, (window["pad_left"], window["pad_right"]))
    y = F.conv1d(x, weights, stride=window["stride"], dilation=window["dilation"], padding=padding)
    return y.transpose(1, 2)


CONVOLUTIONS = {
    "valid": (9, geometry(3)),
    "stride": (12, geometry(4, stride=3)),
    "dilation": (14, geometry(3, dilation=4)),
    "same, odd width": (9, geometry(5, padding="same")),
    "same, even width": (9, geometry(4, padding="same")),
    "same, dilated": (11, geometry(4, dilation=3, padding="same")),
    "explicit": (8, geometry(3, stride=2, pad_left=1, pad_right=4)),
    "width 1": (5, geometry(1)),
    "width of the length": (6, geometry(6)),
    "one position": (1, geometry(1)),
}


def conv1d():
    for name, (length, window) in CONVOLUTIONS.items():
        yield differentiated(
            name,
            {"x": torch.randn(2, length, 3), "filters": torch.randn(window["width"], 3, 4)},
            ("x", "filters"),
            lambda x, filters: convolve(x, filters, window),
            window,
        )


SEQUENCES = ["ACGTNACGTTGACCAG", "NNNNGGGATATCTTAC", "TTGCAaccgttNRYKM"]


def encode(sequences, unknown):
    """[batch, length, 4] in the order A, C, G, T; `unknown` stands in all four places of what is none of them."""
    codes = torch.tensor([["ACGT".find(letter) for letter in row.upper()] for row in sequences])
    numbers = F.one_hot(codes.clamp(min=0), 4).double()
    return torch.where((codes < 0).unsqueeze(-1), torch.tensor(unknown), numbers)


UNKNOWN = {"zeros": 0.0, "quarters": 0.25}


def one_hot():
    for unknown, value in UNKNOWN.items():
        yield {
            "name": unknown,
            "attributes": {"unknown": unknown},
            "inputs": {"dna": SEQUENCES},
            "outputs": {"y": encode(SEQUENCES, value)},
        }


def onehot_conv1d():
    for unknown, value in UNKNOWN.items():
        for name, (length, window) in CONVOLUTIONS.items():
            sequences = [row[:length] for row in SEQUENCES]
            entry = differentiated(
                f"{name}, {unknown}",
                {"filters": torch.randn(window["width"], 4, 5)},
                ("filters",),
                lambda filters: convolve(encode(sequences, value), filters, window),
                window | {"unknown": unknown},
            )
            entry["inputs"]["dna"] = sequences
            yield entry


POOLS = {
    "plain": (9, geometry(3, stride=3)),
    "rest dropped": (11, geometry(4, stride=4)),
    "overlapping": (10, geometry(4, stride=2)),
    "stride 1": (7, geometry(3)),
    "with gaps": (12, geometry(2, stride=5)),
    "ceil": (11, geometry(4, stride=4, padding="ceil")),
    "ceil, overlapping": (12, geometry(5, stride=3, padding="ceil")),
    "padded": (9, geometry(4, stride=3, pad_left=2, pad_right=2)),
    "width 1": (5, geometry(1)),
}


def pooled(x, window, pool):
    ceil = window.get("padding") == "ceil"
    return pool(x.transpose(1, 2), window["width"], window["stride"], window["pad_left"], ceil_mode=ceil).transpose(1, 2)


def max_pool1d():
    for name, (length, window) in POOLS.items():
        data = {"": torch.randn(2, length, 3), ", ties": torch.randint(-1, 2, (2, length, 3)).double()}
        for kind, x in data.items():
            yield differentiated(name + kind, {"x": x}, ("x",), lambda x: pooled(x, window, F.max_pool1d), window)


def avg_pool1d():
    def average(*args, **kwargs):
        return F.avg_pool1d(*args, count_include_pad=False, **kwargs)

    for name, (length, window) in POOLS.items():
        x = torch.randn(2, length, 3)
        yield differentiated(name, {"x": x}, ("x",), lambda x: pooled(x, window, average), window)


def global_pool(reduce):
    def cases():
        for name, shape in {"sequences": (3, 7, 4), "one position": (2, 1, 3)}.items():
            yield differentiated(name, {"x": torch.randn(shape)}, ("x",), reduce)

    return cases


def matmul():
    for left in (False, True):
        for right in (False, True):
            a, b = torch.randn(4, 3), torch.randn(3, 5)
            yield differentiated(
                f"{'transposed' if left else 'plain'} times {'transposed' if right else 'plain'}",
                {"a": a.t().contiguous() if left else a, "b": b.t().contiguous() if right else b},
                ("a", "b"),
                lambda a, b: (a.t() if left else a) @ (b.t() if right else b),
                {"transpose_a": left, "transpose_b": right},
            )


def dense():
    for name, shape in {"rows": (4, 3), "sequences": (2, 5, 3), "one row": (1, 3)}.items():
        yield differentiated(
            name,
            {"x": torch.randn(shape), "weights": torch.randn(3, 6), "bias": torch.randn(6)},
            ("x", "weights", "bias"),
            lambda x, weights, bias: F.linear(x, weights.t(), bias),
        )


FAMILIES = {
    "activation": activation,
    "arithmetic": arithmetic,
    "avg_pool1d": avg_pool1d,
    "conv1d": conv1d,
    "dense": dense,
    "global_max_pool1d": global_pool(lambda x: x.max(dim=1).values),
    "global_mean_pool1d": global_pool(lambda x: x.mean(dim=1)),
    "matmul": matmul,
    "max_pool1d": max_pool1d,
    "maxout": maxout,
    "one_hot": one_hot,
    "onehot_conv1d": onehot_conv1d,
    "prelu": prelu,
}

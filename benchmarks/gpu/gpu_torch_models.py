# SPDX-License-Identifier: Apache-2.0
"""The layers of benchmarks/gpu/layers.cc and three nets of the zoo, as people write them in PyTorch."""

import torch
from torch import nn
from torch.nn import functional as F

aten = torch.ops.aten
NETS = ("basset", "deepsea", "bpnet")


def pad_of(layer):
    span = (layer["width"] - 1) * layer["dilation"]
    return span // 2 if layer["same"] else 0


def positions_of(layer):
    span = (layer["width"] - 1) * layer["dilation"]
    return layer["length"] + 2 * pad_of(layer) - span


def dense_layout(x):
    return x


def channels_last(x):
    """[.., length] as an image of height 1, which is what cuDNN has channels-last kernels for."""
    return x.unsqueeze(2).contiguous(memory_format=torch.channels_last)


def convolutions(layer, batch, dtype, device):
    """(operator, variant, make inputs, function): forward and both gradients, in both layouts."""
    onehot = layer["type"] == "onehot"
    channels = 4 if onehot else layer["in"]
    names = (("onehot_conv1d", None, "onehot_conv1d_backward_filters") if onehot
             else ("conv1d", "conv1d_backward_input", "conv1d_backward_filters"))
    random = lambda *shape: torch.rand(*shape, device=device).to(dtype)
    if onehot:
        make_x = lambda: F.one_hot(torch.randint(4, (batch, layer["length"]), device=device), 4).mT.to(dtype).contiguous()
    else:
        make_x = lambda: random(batch, channels, layer["length"])
    for variant, layout in (("graph", dense_layout), ("channels_last graph", channels_last)):
        image = layout is channels_last
        padding, dilation = ([0, pad_of(layer)], [1, layer["dilation"]]) if image else ([pad_of(layer)], [layer["dilation"]])
        stride, out_pad = ([1, 1], [0, 0]) if image else ([1], [0])
        weights = layout(random(layer["out"], channels, layer["width"]))

        def forward(x, w, padding=padding, dilation=dilation, stride=stride, out_pad=out_pad):
            return aten.convolution(x, w, None, stride, padding, dilation, False, out_pad, 1)

        def backward(mask, padding=padding, dilation=dilation, stride=stride, out_pad=out_pad):
            return lambda dy, x, w: aten.convolution_backward(dy, x, w, None, stride, padding, dilation, False, out_pad, 1, mask)

        make = lambda layout=layout, weights=weights: (layout(make_x()), weights)
        make_gradient = lambda layout=layout, weights=weights: (
            layout(random(batch, layer["out"], positions_of(layer))), layout(make_x()), weights)
        yield names[0], variant, make, forward
        if names[1]:
            yield names[1], variant, make_gradient, backward([True, False, False])
        yield names[2], variant, make_gradient, backward([False, True, False])
    if onehot and layer["pool"] > 1:
        bias = random(layer["out"])
        fused = lambda x, w: F.max_pool1d(F.relu(F.conv1d(x, w, bias, padding=pad_of(layer))), layer["pool"])
        weights = random(layer["out"], channels, layer["width"])
        yield "onehot_conv1d_pool", "graph", lambda: (make_x(), weights), fused


def operators(layer, batch, dtype, device):
    kind, random = layer["type"], lambda *shape: torch.rand(*shape, device=device).to(dtype)
    if kind in ("onehot", "conv"):
        yield from convolutions(layer, batch, dtype, device)
    elif kind == "max_pool":
        shape, window = (batch, layer["in"], 1, layer["length"]), [1, layer["width"]]
        forward = lambda x: aten.max_pool2d_with_indices(x, window, window)
        backward = lambda dy, x, index: aten.max_pool2d_with_indices_backward(dy, x, window, window, [0, 0], [1, 1], False, index)

        def with_index():
            x = random(*shape)
            y, index = forward(x)
            return y, x, index

        yield "max_pool1d", "graph", lambda: (random(*shape),), forward
        yield "max_pool1d_backward", "graph", with_index, backward
    elif kind == "batch_norm":
        channels = layer["in"]
        make_x = lambda: random(batch, channels, layer["length"])
        gamma, beta = (torch.rand(channels, device=device) for _ in range(2))
        if device.type == "cpu":
            gamma, beta = gamma.to(dtype), beta.to(dtype)
        forward = lambda x: aten.native_batch_norm(x, gamma, beta, None, None, True, 0.1, 1e-5)

        def with_statistics():
            x = make_x()
            _, mean, inverse = forward(x)
            return random(*x.shape), x, mean, inverse

        backward = lambda dy, x, mean, inverse: aten.native_batch_norm_backward(
            dy, x, gamma, None, None, mean, inverse, True, 1e-5, [True, True, True])
        yield "batch_norm", "graph", lambda: (make_x(),), forward
        yield "batch_norm_backward", "graph", with_statistics, backward
    elif kind == "adam":
        parameters = [nn.Parameter(torch.rand(size, device=device)) for size in layer["parameters"]]
        for parameter in parameters:
            parameter.grad = torch.rand_like(parameter)
        optimizer = torch.optim.Adam(parameters, **({"fused": True, "capturable": True} if device.type == "cuda" else {}))
        # The same memory each time, several times what a cache holds.
        yield "optimizer_step", "fused graph", lambda: tuple(parameters), lambda *_: optimizer.step()


class Layers:
    """Layers along a sequence: as PyTorch has them, or as those of an image of height 1, for channels-last."""

    def __init__(self, image):
        self.image = image

    def conv(self, inputs, outputs, width, padding=0, dilation=1):
        if self.image:
            return nn.Conv2d(inputs, outputs, (1, width), padding=(0, padding), dilation=(1, dilation))
        return nn.Conv1d(inputs, outputs, width, padding=padding, dilation=dilation)

    def norm(self, channels):
        return (nn.BatchNorm2d if self.image else nn.BatchNorm1d)(channels)

    def pool(self, width, ceil_mode=False):
        return nn.MaxPool2d((1, width), ceil_mode=ceil_mode) if self.image else nn.MaxPool1d(width, ceil_mode=ceil_mode)


class Residual(nn.Module):
    def __init__(self, layers, channels, dilation):
        super().__init__()
        self.conv = layers.conv(channels, channels, 3, padding=dilation, dilation=dilation)

    def forward(self, x):
        return x + F.relu(self.conv(x))


class BpNet(nn.Module):
    """bpnet-single of the zoo."""

    def __init__(self, layers):
        super().__init__()
        self.trunk = nn.Sequential(layers.conv(4, 64, 21, padding=10), nn.ReLU(), *(Residual(layers, 64, 2**i) for i in range(1, 9)))
        self.profile = layers.conv(64, 1, 75)
        self.counts = nn.Linear(64, 1)

    def forward(self, x):
        middle = self.trunk(x)[..., 520:-520]
        return self.profile(middle).flatten(1), self.counts(middle.mean(-1).flatten(1))


def basset(layers):
    """basset-same of the zoo."""
    modules, channels = [], 4
    for filters, width, pool in ((300, 19, 3), (200, 11, 4), (200, 7, 4)):
        modules += [layers.conv(channels, filters, width, padding=width // 2), layers.norm(filters), nn.ReLU(),
                    layers.pool(pool, ceil_mode=True)]
        channels = filters
    modules.append(nn.Flatten())
    for features in (2600, 1000):
        modules += [nn.Linear(features, 1000), nn.BatchNorm1d(1000), nn.ReLU(), nn.Dropout(0.3)]
    return nn.Sequential(*modules, nn.Linear(1000, 164))


def deepsea(layers):
    return nn.Sequential(
        layers.conv(4, 320, 8), nn.ReLU(), layers.pool(4), nn.Dropout(0.2), layers.conv(320, 480, 8), nn.ReLU(),
        layers.pool(4), nn.Dropout(0.2), layers.conv(480, 960, 8), nn.ReLU(), nn.Dropout(0.5), nn.Flatten(),
        nn.Linear(960 * 53, 925), nn.ReLU(), nn.Linear(925, 919))


def net(name, batch, device, tiny, image):
    """(module, inputs, loss of its output)."""
    length = {"basset": 600, "deepsea": 1000, "bpnet": 2114}[name]
    layers = Layers(image)
    model = {"basset": basset, "deepsea": deepsea, "bpnet": BpNet}[name](layers)
    if tiny:
        length = 48
        model = nn.Sequential(layers.conv(4, 8, 5), layers.norm(8), nn.ReLU(), layers.pool(4), nn.Flatten(), nn.Linear(8 * 11, 1))
    model = model.to(device)
    x = F.one_hot(torch.randint(4, (batch, length), device=device), 4).mT.float().contiguous()
    if image:
        model, x = model.to(memory_format=torch.channels_last), channels_last(x)
    if name == "bpnet" and not tiny:
        reads, total = torch.randint(3, (batch, 1000), device=device).float(), torch.rand(batch, 1, device=device)

        def loss_of(output):
            profile, counts = output
            return -(reads * F.log_softmax(profile.float(), 1)).sum(1).mean() + F.mse_loss(counts.float(), total)
    else:
        labels = torch.randint(2, (batch, model[-1].out_features), device=device).float()
        loss_of = lambda output: F.binary_cross_entropy_with_logits(output.float(), labels)
    return model, [x], loss_of

# SPDX-License-Identifier: Apache-2.0
"""Golden cases of normalisation, softmax, losses, reductions, rearrangement and optimizers."""

import torch
import torch.nn.functional as F

NAN = float("nan")


def leaf(x):
    return x.clone().requires_grad_()


def differentiated(name, inputs, wanted, compute, attributes=None):
    """A case whose gradients with respect to the inputs `wanted` are those of the output `y` under a random cotangent."""
    inputs = {key: leaf(value) if key in wanted else value for key, value in inputs.items()}
    y = compute(**inputs)
    dy = torch.randn_like(y)
    gradients = torch.autograd.grad(y, [inputs[key] for key in wanted], dy)
    return {
        "name": name,
        "attributes": attributes or {},
        "inputs": inputs | {"dy": dy},
        "outputs": {"y": y},
        "gradients": dict(zip(wanted, gradients)),
    }


def channels_first(x):
    return x.movedim(-1, 1) if x.dim() > 2 else x


def channels_last(x):
    return x.movedim(1, -1) if x.dim() > 2 else x


def affine(channels):
    return {"gamma": 1 + 0.3 * torch.randn(channels), "beta": torch.randn(channels)}


def batch_norm():
    def compute(epsilon):
        return lambda x, gamma, beta: channels_last(
            F.batch_norm(channels_first(x), None, None, gamma, beta, training=True, eps=epsilon)
        )

    shapes = {
        "rows": ((7, 3), 1e-5),
        "sequences": ((3, 5, 4), 1e-3),
        "one example": ((1, 6, 2), 1e-5),
        "one channel": ((4, 3, 1), 1e-5),
        "many channels": ((3, 2, 70), 1e-5),
    }
    for name, (shape, epsilon) in shapes.items():
        x = 2 + 1.5 * torch.randn(shape)
        entry = differentiated(
            name, {"x": x} | affine(shape[-1]), ("x", "gamma", "beta"), compute(epsilon), {"epsilon": epsilon}
        )
        rows = x.reshape(-1, shape[-1])
        entry["outputs"] |= {"mean": rows.mean(0), "variance": rows.var(0, unbiased=False)}
        yield entry


def batch_norm_inference():
    for name, shape in {"rows": (4, 3), "sequences": (2, 5, 3), "one number": (1, 1)}.items():
        statistics = {"mean": torch.randn(shape[-1]), "variance": 0.1 + torch.rand(shape[-1])}
        yield differentiated(
            name,
            {"x": torch.randn(shape)} | affine(shape[-1]) | statistics,
            ("x", "gamma", "beta"),
            lambda x, gamma, beta, mean, variance: channels_last(
                F.batch_norm(channels_first(x), mean, variance, gamma, beta, training=False, eps=1e-5)
            ),
            {"epsilon": 1e-5},
        )


def softmax_family(function):
    inputs = {
        "rows": torch.randn(4, 6),
        "sequences": 3 * torch.randn(2, 3, 5),
        "one class": torch.randn(3, 1),
        "vector": torch.randn(7),
        "large logits": torch.tensor([[1e4, 1e4 - 1, -1e4], [-1e300, 0, 1], [710, 709, -745]]),
        "equal logits": torch.full((2, 4), -3.5),
    }
    return [differentiated(name, {"x": x}, ("x",), lambda x: function(x, -1)) for name, x in inputs.items()]


def concat():
    for name, axis, shapes in [
        ("channels", 2, [(2, 3, 4), (2, 3, 1), (2, 3, 2)]),
        ("length", 1, [(2, 3, 2), (2, 1, 2)]),
        ("batch", 0, [(1, 3), (4, 3)]),
    ]:
        names = [f"x{i}" for i in range(len(shapes))]
        inputs = {key: torch.randn(shape) for key, shape in zip(names, shapes)}
        yield differentiated(name, inputs, names, lambda **parts: torch.cat(list(parts.values()), axis), {"axis": axis})


def slice_():
    for name, shape, axis, start, length in [
        ("length", (2, 7, 3), 1, 2, 4),
        ("channels", (2, 3, 5), 2, 0, 2),
        ("last of the batch", (3, 2), 0, 2, 1),
    ]:
        yield differentiated(
            name,
            {"x": torch.randn(shape)},
            ("x",),
            lambda x: x.narrow(axis, start, length),
            {"axis": axis, "start": start, "length": length},
        )


def pad():
    for name, shape, axis, before, after in [
        ("length", (2, 3, 2), 1, 2, 1),
        ("channels", (2, 2, 3), 2, 0, 3),
        ("batch", (1, 2), 0, 1, 0),
    ]:
        widths = [0, 0] * (len(shape) - 1 - axis) + [before, after]
        yield differentiated(
            name,
            {"x": torch.randn(shape)},
            ("x",),
            lambda x: F.pad(x, widths),
            {"axis": axis, "start": before, "length": after},
        )


def reduction(function):
    for name, shape, first, last in [
        ("all", (2, 3, 4), 0, 3),
        ("length", (2, 5, 3), 1, 2),
        ("leading axes", (2, 3, 4), 0, 2),
        ("last axis", (3, 4), 1, 2),
        ("middle axes", (2, 3, 2, 4), 1, 3),
        ("wide", (1, 3, 70), 1, 2),
    ]:
        axes = tuple(range(first, last))
        yield differentiated(
            name,
            {"x": torch.randn(shape)},
            ("x",),
            lambda x: function(x, axes),
            {"first": first, "last": last},
        )


def multinomial_nll(p, t):
    rows = [
        -torch.distributions.Multinomial(int(counts.sum()), logits=logits, validate_args=False).log_prob(counts)
        for logits, counts in zip(p, t)
    ]
    return torch.stack(rows)


PER_ENTRY = {
    "bce_with_logits": lambda p, t: F.binary_cross_entropy_with_logits(p, t, reduction="none"),
    "mse": lambda p, t: F.mse_loss(p, t, reduction="none"),
    "poisson": lambda p, t: F.poisson_nll_loss(p, t, log_input=True, full=False, reduction="none"),
}
PER_ROW = {
    "softmax_cross_entropy": lambda p, t: F.cross_entropy(p, t, reduction="none"),
    "multinomial_nll": multinomial_nll,
}


def weighted(kind, divisor, p, t, w):
    """The loss by PyTorch's terms: what is missing is filled with zeros before and left out after."""
    missing = t.isnan()
    terms = (PER_ENTRY | PER_ROW)[kind](p, t.masked_fill(missing, 0))
    counts = (w > 0) & ~(missing if kind in PER_ENTRY else missing.any(1))
    total = (terms * w * counts).sum()
    if divisor == "weights":
        by = (w * counts).sum()
    else:
        by = (counts.any(1) if kind in PER_ENTRY else counts).sum().to(w)
    return total / by, by


def loss():
    def case(name, kind, divisor, p, t, w):
        p = leaf(p)
        value, by = weighted(kind, divisor, p, t, w)
        (gradient,) = torch.autograd.grad(value, [p])
        return {
            "name": f"{kind} by {divisor}: {name}",
            "attributes": {"kind": kind, "divisor": divisor},
            "inputs": {"prediction": p, "target": t, "weights": w},
            "outputs": {"loss": value, "divisor": by},
            "gradients": {"prediction": gradient},
        }

    batch, n = 5, 4
    targets = {
        "bce_with_logits": lambda: torch.rand(batch, n).round(),
        "mse": lambda: torch.randn(batch, n),
        "poisson": lambda: torch.poisson(3 * torch.rand(batch, n)),
        "softmax_cross_entropy": lambda: F.one_hot(torch.randint(n, (batch,)), n).double(),
        "multinomial_nll": lambda: torch.poisson(5 * torch.rand(batch, n)),
    }
    for kind, make_target in targets.items():
        shape = (batch, n) if kind in PER_ENTRY else (batch,)
        for divisor in ("weights", "examples"):
            yield case("plain", kind, divisor, torch.randn(batch, n), make_target(), torch.ones(shape))
            t, w = make_target(), 0.5 + torch.rand(shape)
            t[1, 2] = t[3, 0] = t[3, 1] = NAN
            w[0] = 0
            yield case("weighted, labels missing", kind, divisor, torch.randn(batch, n), t, w)
    soft = torch.softmax(torch.randn(batch, n), 1) * (0.5 + torch.rand(batch, 1))
    yield case("soft", "softmax_cross_entropy", "weights", torch.randn(batch, n), soft, torch.ones(batch))
    yield case(
        "soft labels",
        "bce_with_logits",
        "weights",
        torch.randn(batch, n),
        torch.rand(batch, n),
        torch.ones(batch, n),
    )
    far = torch.tensor([[800.0, -800, 40, -40]])
    yield case("large logits", "bce_with_logits", "weights", far, torch.tensor([[1.0, 0, 0, 1]]), torch.ones(1, 4))
    yield case("large logits", "softmax_cross_entropy", "weights", far, torch.tensor([[0.0, 0, 0, 1]]), torch.ones(1))
    yield case("no counts", "multinomial_nll", "weights", far, torch.zeros(1, 4), torch.ones(1))
    yield case("one place", "multinomial_nll", "weights", torch.randn(2, 1), torch.tensor([[3.0], [0]]), torch.ones(2))


OPTIMIZERS = {
    "sgd": lambda p, s: torch.optim.SGD(p, lr=1, momentum=s.get("momentum", 0), nesterov=s.get("nesterov", False)),
    "adagrad": lambda p, s: torch.optim.Adagrad(p, lr=1, eps=s["epsilon"]),
    "rmsprop": lambda p, s: torch.optim.RMSprop(
        p, lr=1, alpha=s["decay"], eps=s["epsilon"], momentum=s.get("momentum", 0)
    ),
    "adam": lambda p, s: torch.optim.Adam(p, lr=1, betas=(s["beta1"], s["beta2"]), eps=s["epsilon"]),
    "adamw": lambda p, s: torch.optim.AdamW(p, lr=1, betas=(s["beta1"], s["beta2"]), eps=s["epsilon"]),
}
# This library's slot -> PyTorch's name of the state.
SLOTS = {
    "sgd": {"momentum": "momentum_buffer"},
    "adagrad": {"sum": "sum"},
    "rmsprop": {"square": "square_avg", "momentum": "momentum_buffer"},
    "adam": {"m": "exp_avg", "v": "exp_avg_sq"},
    "adamw": {"m": "exp_avg", "v": "exp_avg_sq"},
}


def optimizer():
    """Several steps over two parameters with a rate that changes. Inputs: parameters p0, p1, their gradients g0, g1
    [step, ...] and learning_rate [step]; outputs: the parameters after each step [step, ...] and the state after the last."""
    adaptive = {"epsilon": 1e-8, "beta1": 0.9, "beta2": 0.999}
    for name, kind, settings in [
        ("plain", "sgd", {}),
        ("momentum", "sgd", {"momentum": 0.9}),
        ("nesterov", "sgd", {"momentum": 0.8, "nesterov": True}),
        ("plain", "adagrad", {"epsilon": 1e-10}),
        ("plain", "rmsprop", {"decay": 0.98, "epsilon": 1e-8}),
        ("momentum", "rmsprop", {"decay": 0.9, "epsilon": 1e-6, "momentum": 0.5}),
        ("plain", "adam", adaptive),
        ("other betas", "adam", {"epsilon": 1e-3, "beta1": 0.5, "beta2": 0.9}),
        ("plain", "adamw", adaptive),
    ]:
        for l2, l1 in ((0, 0), (0.05, 0), (0.1, 0.02)):
            steps, shapes = 5, [(3, 2), (4,)]
            start = [torch.randn(shape) for shape in shapes]
            gradients = [torch.randn(steps, *shape) for shape in shapes]
            rates = 0.1 * torch.rand(steps)
            parameters = [torch.nn.Parameter(p.clone()) for p in start]
            torch_optimizer = OPTIMIZERS[kind](parameters, settings)
            trace = [[], []]
            for step in range(steps):
                for group in torch_optimizer.param_groups:
                    group |= {"lr": rates[step].item(), "weight_decay": l2}
                for i, p in enumerate(parameters):
                    # PyTorch has no L1 penalty; for AdamW its sign is that of the parameter after the decay, the same.
                    p.grad = gradients[i][step] + l1 * p.detach().sign()
                torch_optimizer.step()
                for i, p in enumerate(parameters):
                    trace[i].append(p.detach().clone())
            outputs = {f"p{i}": torch.stack(trace[i]) for i in range(2)}
            for slot, torch_name in SLOTS[kind].items():
                for i, p in enumerate(parameters):
                    state = torch_optimizer.state[p].get(torch_name)
                    if state is not None:
                        outputs[f"optimizer/{slot}/p{i}"] = state
            yield {
                "name": f"{kind}: {name}, l2 {l2}, l1 {l1}",
                "attributes": {"kind": kind, "l2": l2, "l1": l1} | settings,
                "inputs": {f"p{i}": p for i, p in enumerate(start)}
                | {f"g{i}": g for i, g in enumerate(gradients)}
                | {"learning_rate": rates},
                "outputs": outputs,
            }


def max_norm():
    """Not by torch.renorm, which divides by norm + 1e-7."""
    for name, shape, limit in [("dense", (5, 4), 1.5), ("filters", (3, 2, 70), 2), ("all within", (3, 2), 100)]:
        w = torch.randn(shape)
        norm = torch.linalg.vector_norm(w, dim=tuple(range(len(shape) - 1)))
        y = w * (limit / norm).clamp(max=1)
        yield {"name": name, "attributes": {"limit": limit}, "inputs": {"w": w}, "outputs": {"y": y}}


FAMILIES = {
    "batch_norm": batch_norm,
    "batch_norm_inference": batch_norm_inference,
    "concat": concat,
    "log_softmax": lambda: softmax_family(torch.log_softmax),
    "loss": loss,
    "max_norm": max_norm,
    "mean": lambda: reduction(torch.mean),
    "optimizer": optimizer,
    "pad": pad,
    "slice": slice_,
    "softmax": lambda: softmax_family(torch.softmax),
    "sum": lambda: reduction(torch.sum),
}

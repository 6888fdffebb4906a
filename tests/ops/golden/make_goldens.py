#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the golden files of this folder from PyTorch in float64; README.md describes their layout."""

import json
import math
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore", message="Failed to initialize NumPy")

import torch

import families_a
import families_b

FOLDER = pathlib.Path(__file__).resolve().parent


def number(value):
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value  # repr of a float is the shortest text that reads back to the same double: 17 digits at most


def tensor(value):
    """A tensor, or a list of sequences, as the layout has it."""
    if isinstance(value, torch.Tensor):
        value = value.detach()
        return {"shape": list(value.shape), "values": [number(x) for x in value.reshape(-1).tolist()]}
    return {"sequences": list(value)}


def case(entry):
    result = {"name": entry["name"], "attributes": entry.get("attributes", {})}
    for part in ("inputs", "outputs", "gradients"):
        result[part] = {name: tensor(value) for name, value in entry.get(part, {}).items()}
    return result


def write(name, cases):
    cases = [case(entry) for entry in cases]
    names = [entry["name"] for entry in cases]
    assert len(set(names)) == len(names), f"{name}: case names repeat"
    header = {"torch": torch.__version__.split("+")[0], "made_by": "tests/ops/golden/make_goldens.py"}
    lines = ",\n".join("  " + json.dumps(entry, allow_nan=False) for entry in cases)
    text = json.dumps(header)[:-1] + ', "cases": [\n' + lines + "\n]}\n"
    (FOLDER / f"{name}.json").write_text(text)
    print(f"{name}.json: {len(cases)} cases, {len(text)} bytes")


def main():
    torch.set_default_dtype(torch.float64)
    families = families_a.FAMILIES | families_b.FAMILIES
    for name in sys.argv[1:] or families:
        torch.manual_seed(0)
        write(name, families[name]())


if __name__ == "__main__":
    main()

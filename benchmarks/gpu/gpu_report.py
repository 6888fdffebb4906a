# SPDX-License-Identifier: Apache-2.0
"""From the rows that the benchmark programs print to what ./run gpu writes and prints: ceilings, floors, shares, a table."""

import re

UNITS = ("fp32", "tf32", "bf16")


def short_name(device):
    """Without the maker, whom all of them share."""
    return re.sub(r"^nvidia\s+", "", device, flags=re.I)


def median(row):
    return row["us"][1]


def ceilings(rows):
    """The bandwidth and the rates reached, each by whoever reached most: bytes and operations a second."""
    result = {"bytes_per_second": 0.0, "flop_per_second": {}, "by": {}}
    for row in rows:
        if "us" not in row:
            continue
        seconds = median(row) * 1e-6
        if row["kind"] == "copy" and row["bytes"] / seconds > result["bytes_per_second"]:
            result["bytes_per_second"] = row["bytes"] / seconds
        if row["kind"] == "product":
            (unit, flop), = row["flop"].items()
            if flop / seconds > result["flop_per_second"].get(unit, 0):
                result["flop_per_second"][unit] = flop / seconds
                result["by"][unit] = row["implementation"]
    return result


def problem_of(row):
    return tuple(row.get(key) for key in ("kind", "layer", "operator", "batch", "precision", "storage"))


def share_floors(rows):
    """Rows of others get the work of our row about the same problem: there is one count of it."""
    work = {problem_of(row): row for row in rows if "bytes" in row}
    for row in rows:
        ours = work.get(problem_of(row))
        if "us" in row and "bytes" not in row and ours is not None:
            row["bytes"], row["flop"] = ours["bytes"], ours["flop"]


def add_floors(rows, limits):
    """Adds floor_us and share_of_floor where the ceilings for them are known."""
    for row in rows:
        if row["kind"] not in ("operator", "net") or "us" not in row or "bytes" not in row:
            continue
        rates = limits["flop_per_second"]
        if limits["bytes_per_second"] == 0 or any(unit not in rates for unit in row["flop"]):
            continue
        moving = row["bytes"] / limits["bytes_per_second"]
        computing = sum(flop / rates[unit] for unit, flop in row["flop"].items())
        row["floor_us"] = max(moving, computing) * 1e6
        row["bound_by"] = "bytes" if moving >= computing else "operations"
        row["share_of_floor"] = row["floor_us"] / median(row)


def is_ours(row):
    return not row["implementation"].startswith("torch")


def best(rows):
    return min((row for row in rows if "us" in row), key=median, default=None)


def cell(rows):
    """Our best of these rows: its time, its share of the floor, its name, and how many times longer PyTorch's best takes."""
    ours, other = best(filter(is_ours, rows)), best(row for row in rows if not is_ours(row))
    if ours is None:
        return f"{'-':>10}{'':23}"
    share = f"{ours['share_of_floor']:.0%}" if "share_of_floor" in ours else "-"
    ratio = f"x{median(other) / median(ours):.2f}" if other else "-"
    return f"{median(ours):10.1f}{share:>6}{ratio:>7} {ours['implementation'][:9]:9}"


def serves(row, unit):
    """Whether a row counts in that precision. Our operators that are no faster in it than in a stricter one run as there."""
    if row["kind"] == "operator" and is_ours(row) and row["storage"] == "f32":
        return UNITS.index(row["precision"]) <= UNITS.index(unit)
    return row["precision"] == unit


def table(rows, batch):
    """One line a layer and operator at this batch, with a cell for each precision; in bf16 whichever storage is faster."""
    lines = [f"{'':46}" + "".join(f"{unit + ' us':>10} floor  torch {'by':9}" for unit in UNITS)]
    found = {}
    for row in rows:
        if row["kind"] in ("operator", "net") and row["batch"] == batch:
            found.setdefault((row["layer"], row["operator"]), []).append(row)
    for (layer, operator), each in found.items():
        cells = (cell([row for row in each if serves(row, unit)]) for unit in UNITS)
        lines.append(f"{layer:14} {operator.replace('backward', 'bwd'):31}" + "".join(cells))
    return [line.rstrip() for line in lines]


def ceiling_line(limits):
    rates = [f"{unit} {limits['flop_per_second'][unit] / 1e12:.1f} TFLOP/s ({limits['by'][unit]})"
             for unit in UNITS if unit in limits["flop_per_second"]]
    return ", ".join([f"copy {limits['bytes_per_second'] / 1e9:.0f} GB/s"] + rates)


def rounded(value):
    """Six digits are more than was measured."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value

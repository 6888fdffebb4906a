# SPDX-License-Identifier: Apache-2.0
"""How far devices are from the CPU, and how far they may be: from reports of GoogleTest to the tables of docs/parity.md."""

import json
import re

# Of how numbers are stored and then computed with.
MODES = {"f32_fp32": "fp32", "f32_tf32": "TF32", "f32_bf16": "bf16", "bf16_bf16": "stored bf16", "f64_fp32": "f64"}
FIGURES = {"gradient_network": "gradient of all parameters", "gradient_parameter": "gradient of the worst parameter",
           "gradient_rounded": "the same, next to a CPU that rounds alike", "loss": "loss, five steps",
           "prediction": "probability, trained on the CPU", "prediction_resumed": "probability, one epoch of three there"}
OPERATORS, NETWORKS = "operators", "networks"


def test_cases(report):
    """The test cases in a report of GoogleTest, which is there where its program ended by itself."""
    try:
        suites = json.loads(report.read_text())["testsuites"]
    except (OSError, ValueError):
        return []
    return [case for suite in suites for case in suite["testsuite"]]


def numbers(text):
    """Of "f32_fp32=1e-05 f32_tf32=0.001"."""
    return {key: float(value) for key, value in (word.split("=") for word in text.split())}


class Parity:
    """Of one device: what is allowed by mode, by how much a family may exceed it, what was reached."""

    def __init__(self):
        self.modes, self.families, self.networks = {}, {}, {}

    def add(self, cases):
        """Takes in the test cases of a report; the largest of each kind counts."""
        for case in cases:
            if case.get("classname") == "Tolerances":
                self.add_tolerances(case)
            elif "family" in case:
                reached = self.family(case["family"])["reached"]
                for key, value in case.items():
                    if key.startswith("error_"):
                        mode = key[len("error_"):]
                        reached[mode] = max(reached.get(mode, 0.0), float(value))
            else:
                network = case["name"].rpartition("/")[2]
                for figure in FIGURES.keys() & case.keys():
                    self.figure(network, figure)["reached"] = float(case[figure])

    def add_tolerances(self, case):
        for key, value in case.items():
            if key.startswith("modes_"):
                self.modes = numbers(value)
            elif key == "families":
                for family, factor in numbers(value).items():
                    self.family(family)["times"] = factor
            elif isinstance(value, str) and re.match(r"(gradient|prediction)_?\w*=", value):
                for figure, allowed in numbers(value).items():
                    if allowed > 0:
                        self.figure(key, figure)["allowed"] = allowed

    def family(self, name):
        return self.families.setdefault(name, {"times": 1.0, "reached": {}})

    def figure(self, network, name):
        return self.networks.setdefault(network, {}).setdefault(name, {})

    def as_json(self):
        return {"modes": self.modes, "families": self.families, "networks": self.networks}


def short(number):
    return f"{number:.2g}"


class Table:
    """A table in Markdown by the texts of its first cells: cells by row and column, in the order of their coming."""

    def __init__(self, text=""):
        self.corner, self.columns, self.rows = "", [], {}
        lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.strip().splitlines()]
        if lines:
            self.corner, *self.columns = lines[0]
            self.rows = {first: dict(zip(self.columns, rest)) for first, *rest in lines[2:]}

    def put(self, row, column, cell):
        if column not in self.columns:
            self.columns.append(column)
        self.rows.setdefault(row, {})[column] = cell

    def rename(self, name, tolerance):
        """Gives the column of that name its tolerance; makes it where there is none."""
        old = next((each for each in self.columns if each.startswith(f"{name} (")), None)
        new = column(name, tolerance)
        self.columns = [new if each == old else each for each in self.columns] if old else [*self.columns, new]
        for cells in self.rows.values():
            if old in cells:
                cells[new] = cells.pop(old)

    def keep_rows(self, names, column_name, value):
        """Exactly these, in this order, with a number in that column; other cells stay."""
        self.rows = {name: {**self.rows.get(name, {}), column_name: short(value(name))} for name in names}

    def text(self):
        lines = [[self.corner, *self.columns], ["---"] * (1 + len(self.columns))]
        lines += [[row, *(cells.get(column, "–") for column in self.columns)] for row, cells in self.rows.items()]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def block(name):
    return re.compile(rf"(<!-- {name}: [^\n]*-->\n)(.*?)(<!-- end -->)", re.S)


class Page:
    """docs/parity.md: its tables stand between comments that name them."""

    def __init__(self, text):
        self.text = text

    def table(self, name):
        found = block(name).search(self.text)
        if found is None:
            raise ValueError(f"the page has no table {name}")
        return Table(found[2])

    def put(self, name, table):
        self.text = block(name).sub(lambda found: f"{found[1]}{table.text()}\n{found[3]}", self.text)

    def set_tolerances(self, device, parity):
        """Leaves the families and nets that there are, with what is allowed, and all that was reached."""
        table = self.table(OPERATORS)
        table.corner, table.columns = "family", table.columns or ["times"]
        for mode, allowed in parity.modes.items():
            table.rename(f"{device}, {MODES[mode]}", allowed)
        table.keep_rows(sorted(parity.families), "times", lambda family: parity.families[family]["times"])
        self.put(OPERATORS, table)
        if parity.networks:
            table = self.table(NETWORKS)
            table.corner, table.columns = "what", table.columns or ["tolerance"]
            allowed = {label: values["allowed"] for label, values in network_rows(parity) if "allowed" in values}
            table.keep_rows(allowed, "tolerance", allowed.get)
            self.put(NETWORKS, table)

    def set_reached(self, device, parity):
        table = self.table(OPERATORS)
        for family, values in parity.families.items():
            for mode, reached in values["reached"].items():
                table.put(family, column(f"{device}, {MODES[mode]}", parity.modes[mode]), short(reached))
        self.put(OPERATORS, table)
        if parity.networks:
            table = self.table(NETWORKS)
            for label, values in network_rows(parity):
                if "reached" in values and label in table.rows:
                    table.put(label, device, short(values["reached"]))
            self.put(NETWORKS, table)


def column(name, tolerance):
    return f"{name} ({short(tolerance)})"


def network_rows(parity):
    order = list(FIGURES)
    for network, figures in parity.networks.items():
        for figure in sorted(figures, key=order.index):
            yield f"{network.replace('_', ', ')}: {FIGURES[figure]}", figures[figure]

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which lines of kernels/ the emulated tests ran: a line a file, and the lines that none ran.

usage: coverage.py BUILD [--least 95]

BUILD is a build of the preset `coverage` whose emulated tests (ctest -L emu) have run. A line counts once however many
objects hold it; it was run where any of them ran it. Exits with 1 where less than `--least` percent of all lines were.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--least", type=float, default=95)
    options = parser.parse_args()

    counters = sorted(options.build.resolve().glob("tests/emu/**/kernels/*.gcda"))
    if not counters:
        sys.exit(f"{options.build} holds no counters of kernels: configure it with the preset coverage and run ctest -L emu")
    runs = collections.defaultdict(lambda: collections.defaultdict(int))
    for counter in counters:
        gcov = subprocess.run(["gcov", "--json-format", "--stdout", counter], capture_output=True, check=True)
        for report in gcov.stdout.splitlines():
            for source in json.loads(report)["files"]:
                path = (ROOT / source["file"]).resolve()
                if path.parent == ROOT / "kernels":
                    for line in source["lines"]:
                        runs[path.name][line["line_number"]] += line["count"]

    total = covered = 0
    for name, lines in sorted(runs.items()):
        missed = sorted(number for number, count in lines.items() if count == 0)
        total += len(lines)
        covered += len(lines) - len(missed)
        where = f"  not run: {', '.join(map(str, missed))}" if missed else ""
        print(f"{100 * (1 - len(missed) / len(lines)):5.1f} %  {len(lines):5d} lines  {name}{where}")
    share = 100 * covered / total
    print(f"{share:5.1f} %  {total:5d} lines in all, at least {options.least:g} % asked for")
    sys.exit(share < options.least)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of docs/parity.md: runs the parity tests of the CPU and of the emulated device. Figures of other devices
stay; ./run gpu adds a GPU's. With --check runs nothing long, and fails where the page states other tolerances than the code."""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import gpu_parity

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = {"cpu": ("ops_test",), "emu": ("emu_ops_test", "emu_training_test")}
TOLERANCES, MEASURED = "Tolerances.*", "Tolerances.*:*Parity*:*Training*:*TrainedModel*"


def parity_of(programs, names, tests):
    parity = gpu_parity.Parity()
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder, "report.json")
            command = [programs / name, f"--gtest_filter={tests}", f"--gtest_output=json:{report}", "--gtest_brief=1"]
            status = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            cases = gpu_parity.test_cases(report)
            if status.returncode != 0 or not cases:
                sys.exit(f"{name} failed: the page stays as it is\n{status.stdout}")
            parity.add(cases)
    return parity


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build/release/bin", help="where the tests are")
    parser.add_argument("--page", type=pathlib.Path, default=ROOT / "docs/parity.md")
    parser.add_argument("--check", action="store_true", help="compare the tolerances and write nothing")
    arguments = parser.parse_args()
    old = arguments.page.read_text()
    page = gpu_parity.Page(old)
    for device, names in PROGRAMS.items():
        parity = parity_of(arguments.programs, names, TOLERANCES if arguments.check else MEASURED)
        page.set_tolerances(device, parity)
        if not arguments.check:
            page.set_reached(device, parity)
    if not arguments.check:
        arguments.page.write_text(page.text)
        return 0
    lines = set(old.splitlines())
    unlike = [line for line in page.text.splitlines() if line not in lines]
    if page.text != old:
        print("docs/parity.md is not what the code says; write it again by benchmarks/gpu/parity_page.py:",
              *unlike or ["rows that are gone"], sep="\n")
    return page.text != old


if __name__ == "__main__":
    sys.exit(main())

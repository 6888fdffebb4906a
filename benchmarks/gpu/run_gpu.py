#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves and measures the GPU backend: what ./run gpu runs. Needs a driver, the programs that ./run gpu --build makes, and
nothing else; where Python has PyTorch, it times that beside. Takes under 8 minutes; docs/gpu.md explains the result.

Steps: parity of every operator, tests of the kernels, a training beside the CPU's, compute-sanitizer over small cases, then
times of copies and matrix products, of layers and of whole nets. Each has a time limit, and one that fails does not stop the
next. Exits with 0 where all passed, 1 where one did not, 2 where there is no GPU.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import gpu_machine
import gpu_parity
import gpu_report

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ALL_SECONDS = 460
SANITIZERS = ("memcheck", "racecheck", "initcheck", "synccheck")
# Few and small, but with shared memory, barriers, cp.async, tensor cores and fixed-order sums among them.
SANITIZED = ("*_conv1d_valid:*_conv1d_odd_sizes:*_onehot_conv1d_pool_odd_filters:*_matmul_odd_sizes:*_max_pool1d_overlapping:"
             "*_batch_norm_2x5x3:*_sum_2x3x130_*:*_softmax_2x3x4:*_dropout_some:*_optimizer_*adamw*:*_extract_tracks_both_strands")
DRY_FILTERS = {"ops": "*_conv1d_valid:*_batch_norm_2x5x3:Tolerances.*", "kernels": "Dna.*:Storage.*",
               "training": "*Training*/fp32:*TrainedModel*/fp32:*Threads*:ResidentTracks.*:Nets/*/denoising:Tolerances.*",
               "thrust": "*"}
PAGE = ROOT / "docs/parity.md"
RESULTS = ROOT / "benchmarks/results"


class Step:
    """What became of a step: passed, failed, out of time, left out; and why."""

    def __init__(self, name, outcome, note="", seconds=0.0):
        self.name, self.outcome, self.note, self.seconds = name, outcome, note, seconds

    def as_json(self):
        note = self.note.replace(f"{ROOT}/", "")
        return {"name": self.name, "outcome": self.outcome, "note": note, "seconds": round(self.seconds, 1)}


class Output:
    def __init__(self, status, text, seconds):
        self.status, self.text, self.seconds = status, text, seconds

    @property
    def timed_out(self):
        return self.status is None

    def ending(self):
        if self.timed_out:
            return "stopped at the limit"
        return f"ended by signal {-self.status}" if self.status < 0 else f"ended with status {self.status}"

    def outcome(self):
        return "out of time" if self.timed_out else "passed" if self.status == 0 else "failed"


def call(command, limit, environment=None):
    """Runs a command in a process group of its own, which is killed at the limit. What it printed by then is kept."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as printed:
        try:
            process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=printed,
                                       stderr=subprocess.STDOUT, env=environment, start_new_session=True)
        except OSError as error:
            return Output(127, str(error), 0.0)
        try:
            status = process.wait(timeout=max(limit, 1))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            status = None
        printed.seek(0)
        return Output(status, printed.read().decode(errors="replace"), time.monotonic() - start)


def count_tests(text):
    """Of what a GoogleTest program printed, finished or not. The test it broke off in failed."""
    count = lambda pattern: len(re.findall(pattern, text, re.M))
    counts = {"passed": count(r"^\[       OK \] .*ms\)$"), "failed": count(r"^\[  FAILED  \] .*ms\)$"),
              "skipped": count(r"^\[  SKIPPED \] .*ms\)$")}
    if count(r"^\[ RUN      \] ") > sum(counts.values()):
        counts["failed"] += 1
    return counts


def failures(text, most=8):
    names = list(dict.fromkeys(re.findall(r"^\[  FAILED  \] (\S+?),? .*ms\)$", text, re.M)))
    return " ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def last_line(text):
    return "".join(text.strip().splitlines()[-1:])


def json_lines(text):
    rows = []
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and "kind" in row:
            rows.append(row)
    return rows


class Run:
    def __init__(self, programs, dry):
        self.programs, self.dry = programs, dry
        self.prefix = "emu" if dry else "gpu"
        self.end = time.monotonic() + ALL_SECONDS
        self.steps, self.rows, self.versions = [], [], {}
        self.tests = {"passed": 0, "failed": 0, "skipped": 0}
        self.reached, self.training = gpu_parity.Parity(), {}
        self.environment = dict(os.environ, GENOCUDA_REQUIRE_GPU="1")
        paths = [*gpu_machine.library_folders(), os.environ.get("LD_LIBRARY_PATH", "")]
        self.environment["LD_LIBRARY_PATH"] = ":".join(path for path in paths if path)
        self.scratch = tempfile.TemporaryDirectory()

    def program(self, name):
        # Thrust has a host backend of its own instead of an emulator.
        return self.programs / (name if self.dry and name == "thrust_test" else f"{self.prefix}_{name}")

    def call(self, command, limit):
        return call(command, min(limit, self.end - time.monotonic()), self.environment)

    def note(self, step):
        self.steps.append(step)
        print(f"{step.name:22}{step.outcome:12}{step.seconds:6.1f} s  {step.note}", flush=True)

    def test(self, name, limit):
        report = pathlib.Path(self.scratch.name, f"{name}.json")
        command = [self.program(f"{name}_test"), f"--gtest_output=json:{report}"]
        if self.dry:
            command.append(f"--gtest_filter={DRY_FILTERS[name]}")
        output = self.call(command, limit)
        counts = count_tests(output.text)
        outcome = output.outcome()
        if outcome == "passed" and counts["passed"] == 0:
            outcome = "failed"
        for key, number in counts.items():
            self.tests[key] += number
        if outcome == "failed" and counts["failed"] == 0:
            self.tests["failed"] += 1
        words = [f"{number} {key}" for key, number in counts.items()]
        if outcome != "passed":
            words += [output.ending(), failures(output.text) or last_line(output.text)]
        self.note(Step(name, outcome, ", ".join(filter(None, words)), output.seconds))
        return gpu_parity.test_cases(report)

    def parity(self):
        self.reached.add(self.test("ops", 110))

    def train(self):
        numbers = lambda text: [float(word) for word in text.split()]
        cases = self.test("training", 60)
        self.reached.add(cases)
        for case in cases:
            if "losses" in case:
                self.training[case["name"].rpartition("/")[2]] = {"losses": numbers(case["losses"]),
                                                                  "cpu_losses": numbers(case["cpu_losses"])}

    def sanitize(self):
        tool = gpu_machine.find_sanitizer()
        if tool is None and not self.dry:
            self.note(Step("compute-sanitizer", "left out", "the tool is not on this machine"))
            return
        for check in SANITIZERS[:1] if self.dry else SANITIZERS:
            wrapped = [] if self.dry else [tool, "--tool", check, "--error-exitcode", "9"]
            output = self.call([*wrapped, self.program("ops_test"), f"--gtest_filter={SANITIZED}"], 35)
            counts, outcome = count_tests(output.text), output.outcome()
            if outcome == "passed" and counts["passed"] == 0:
                outcome = "failed"
            summary = re.findall(r"={9} (.*SUMMARY.*)", output.text)
            note = f"{counts['passed']} cases" + (f"; {summary[-1].strip()}" if summary else "")
            if self.dry:
                note += "; the cases alone, the tool needs a GPU"
            self.note(Step(check, outcome, note, output.seconds))

    def measure(self, name, command, limit):
        """A program that prints rows; those it got to count, whatever became of it."""
        output = self.call(command, limit)
        rows = json_lines(output.text)
        errors = [row["error"] for row in rows if "error" in row]
        left_out = sum(row["rows"] for row in rows if row["kind"] == "left_out")
        timed = sum("us" in row for row in rows)
        words = [f"{timed} timings"]
        if left_out:
            words.append(f"{left_out} left out for lack of time")
        if errors:
            words.append(f"{len(errors)} errors, the first: {errors[0]}")
        elif output.status != 0:
            words.append(output.ending())
            if not rows and output.text.strip():
                words.append(last_line(output.text))
        self.note(Step(name, output.outcome() if timed or output.status != 0 else "failed", ", ".join(words), output.seconds))
        self.rows += rows

    def benchmark(self):
        tiny = ["--tiny"] if self.dry else []
        program = self.program("benchmark")
        self.measure("ceilings", [program, "ceilings", "--seconds", 20, *tiny], 40)
        self.measure("layers", [program, "operators", "--seconds", 60, *tiny], 80)
        self.measure("nets", [program, "nets", "--seconds", 60, *tiny], 80)
        if not gpu_machine.has_pytorch():
            self.note(Step("PyTorch", "left out", f"{pathlib.Path(sys.executable).name} has no PyTorch"))
            return
        layers = pathlib.Path(self.scratch.name, "layers.json")
        layers.write_text(self.call([program, "--list", *tiny], 20).text)
        left = min(100, self.end - time.monotonic() - 10)
        self.measure("PyTorch", [sys.executable, HERE / "gpu_pytorch.py", "--layers", layers, "--seconds", max(left - 15, 1),
                                 *tiny], left)

    def all(self):
        self.parity()
        self.test("kernels", 90)
        if self.program("thrust_test").exists():  # not where the emulator has no Thrust
            self.test("thrust", 30)
        self.train()
        self.sanitize()
        self.benchmark()


def result_of(run, device, commit):
    limits = gpu_report.ceilings(run.rows)
    gpu_report.share_floors(run.rows)
    gpu_report.add_floors(run.rows, limits)
    about = {key: value for row in run.rows if row["kind"] in ("device", "versions") for key, value in row.items()}
    about.pop("kind", None)
    return gpu_report.rounded({
        "device": {key: value for key, value in device.items() if key not in ("driver", "cuda")},
        "driver": device.get("driver"), "versions": {"driver_cuda": device.get("cuda"), **about}, "commit": commit,
        "tests": run.tests, "steps": [step.as_json() for step in run.steps], "tolerances": run.reached.as_json(),
        "training": run.training,
        "ceilings": limits,
        "timings": [row for row in run.rows if row["kind"] in ("operator", "net", "copy", "product")],
    })


def write(result, folder):
    """Under a name that a file system and a commit can bear; one timing a line, so that changes can be read."""
    slug = re.sub(r"[^a-z0-9]+", "-", gpu_report.short_name(result["device"]["name"]).lower()).strip("-")
    path = folder / f"gpu-{slug}-{result['commit']}.json"
    timings = result.pop("timings")
    head = json.dumps(result, indent=1)[:-2]
    lines = ",\n".join("  " + json.dumps(row) for row in timings)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{head},\n "timings": [\n{lines}\n ]\n}}\n')
    result["timings"] = timings
    return path


def add_to_page(path, device, parity):
    """A column for the device in docs/parity.md."""
    page = gpu_parity.Page(path.read_text())
    page.set_tolerances(device, parity)
    page.set_reached(device, parity)
    path.write_text(page.text)


def keep(run, result, folder):
    """Writes the JSON, and docs/parity.md. A dry run leaves the JSON where a folder was named, and else nothing."""
    if run.dry:
        add_to_page(pathlib.Path(shutil.copy(PAGE, run.scratch.name)), result["device"]["name"], run.reached)
        path = write(result, folder or pathlib.Path(run.scratch.name))
        print(f"\nwritten to {path}" if folder else "\nwritten to a temporary place and removed")
        return
    print(f"\nwritten to {write(result, folder or RESULTS)}")
    add_to_page(PAGE, gpu_report.short_name(result["device"]["name"]), run.reached)
    print(f"{PAGE.relative_to(ROOT)} has what was reached")


def print_summary(run, result):
    batch = 2 if run.dry else 256
    print(f"\n{result['device']['name']}, commit {result['commit']}; batch {batch}; "
          f"{gpu_report.ceiling_line(result['ceilings'])}")
    print("\n".join(gpu_report.table(result["timings"], batch)))
    if run.dry:
        print("This was the emulator: every time above means nothing.")
    bad = [step.name for step in run.steps if step.outcome not in ("passed", "left out")]
    if bad:
        print(f"not passed: {', '.join(bad)}")
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**run.tests))
    return 1 if bad else 0


def commit_of(programs):
    """What the programs were built from: noted beside them where they are to be carried."""
    try:
        return (programs / "commit").read_text().strip()
    except OSError:
        output = call(["git", "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"], 20)
        return output.text.strip() if output.status == 0 else "unknown"


def main():
    parser = argparse.ArgumentParser(prog="./run gpu", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", action="store_true", help="build the programs into build/gpu/bin, to be carried, and stop")
    parser.add_argument("--dry-run", action="store_true", help="every step on the emulator with tiny sizes")
    parser.add_argument("--find-gpu", action="store_true", help="say whether there is a GPU and stop")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build/gpu/bin", help="where the programs are")
    parser.add_argument("--results", type=pathlib.Path,
                        help="folder for the JSON (default: benchmarks/results; of a dry run: none is left)")
    arguments = parser.parse_args()
    if arguments.build:
        parser.error("--build stands alone: ./run gpu --build")

    device = {"name": "emu"} if arguments.dry_run else gpu_machine.find_gpu()
    if isinstance(device, str):
        print(f"run: there is no GPU on this machine: {device}", file=sys.stderr)
        return 2
    if arguments.find_gpu:
        print(f"run: {device['name']}, driver {device.get('driver')}", file=sys.stderr)
        return 0
    run = Run(arguments.programs, arguments.dry_run)
    if not run.program("ops_test").exists():
        print(f"run: no programs in {arguments.programs}; build them where nvcc is, by ./run gpu --build, and carry that folder",
              file=sys.stderr)
        return 1
    run.all()
    result = result_of(run, device, commit_of(arguments.programs))
    keep(run, result, arguments.results)
    return print_summary(run, result)


if __name__ == "__main__":
    sys.exit(main())

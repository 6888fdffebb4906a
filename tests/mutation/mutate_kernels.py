#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks the CUDA kernels one small way at a time and asks whether the emulated tests notice.

A mutant is one change to one place of kernels/*.cu or *.cuh: a bound flipped, a barrier dropped, an index shifted or
swapped, a mask or a constant changed. Places are drawn with a seed, spread over the kinds of change and the files. Each
mutant is built and tested in a copy of the tree: plain, then under AddressSanitizer, then under ThreadSanitizer, until one
of them fails. A mutant that nothing catches is a hole in the tests or changes nothing: survivors.tsv beside this file says
for each of the latter why. Exits with 1 where a survivor is not listed there.

usage: mutate_kernels.py [--count 80] [--seed 1] [--files REGEX] [--report FILE] [--tree DIR] [--builds release,asan,tsan]
                         [--again REPORT]
"""

import argparse
import filecmp
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ["emu_ops_test", "emu_kernels_test"]
# kind -> (pattern, replacement): each match of the pattern outside comments is a place.
KINDS = {
    "drop barrier": (r"__sync(threads|warp)\(\);", ";"),
    "wait for less": (r"cp_async_wait<(\d+)>", lambda m: f"cp_async_wait<{int(m[1]) + 1}>"),
    "flip bound": (r" (<|<=|>=|>) (?=[\w(])", lambda m: f" {dict(zip(['<', '<=', '>=', '>'], ['<=', '<', '>', '>=']))[m[1]]} "),
    "shift index": (r"\[([^\[\]\n]+)\]", lambda m: f"[{m[1]} + 1]"),
    "swap remainder": (r" (/|%) (?=\w)", lambda m: f" {'%' if m[1] == '/' else '/'} "),
    "change sign": (r" (\+|-) (?=[\w(])", lambda m: f" {'-' if m[1] == '+' else '+'} "),
    "change mask": (r"0x[0-9a-fA-F]{4,}u?", lambda m: m[0].replace("f", "7", 1) if "f" in m[0] else m[0] + " ^ 1"),
    "change logic": (r" (&&|\|\|) ", lambda m: f" {'||' if m[1] == '&&' else '&&'} "),
    "change constant": (r"(?<=[ (,])([1-9]\d?)(?=[,;) ])", lambda m: str(int(m[1]) + 1)),
    "change step": (r" (>>|<<)= 1", lambda m: f" {m[1]}= 2"),
}


class Mutant:
    def __init__(self, kind, path, start, end, text, source):
        self.kind, self.path, self.start, self.end, self.text = kind, path, start, end, text
        self.line = source.count("\n", 0, start) + 1
        first, last = source.rfind("\n", 0, start) + 1, source.find("\n", end)
        self.before = source[first:last].strip()
        self.after = (source[first:start] + text + source[end:last]).strip()

    def row(self):
        return self.path.name, str(self.line), self.kind, self.before, self.after

    def key(self):
        return f"{self.path.name}\t{self.kind}\t{self.before}\t{self.after}"


def without_comments(source):
    """The source with comments, strings and preprocessor lines blanked out, of the same length."""
    blank = lambda m: re.sub(r"[^\n]", "\0", m[0])
    return re.sub(r'//[^\n]*|/\*.*?\*/|"[^"\n]*"|^[ \t]*#[^\n]*', blank, source, flags=re.S | re.M)


def device_lines(source):
    """Offsets of what runs on the device: bodies of __global__ and __device__ functions."""
    spans = []
    for match in re.finditer(r"__(global|device)__", source):
        opening = source.find("{", match.end())
        semicolon = source.find(";", match.end())
        if opening < 0 or 0 <= semicolon < opening:
            continue
        depth, at = 0, opening
        while True:
            depth += {"{": 1, "}": -1}.get(source[at], 0)
            at += 1
            if depth == 0:
                break
        spans.append((opening, at))
    return spans


def all_mutants(folder, files):
    mutants = []
    for path in sorted([*folder.glob("*.cu"), *folder.glob("*.cuh")]):
        if path.name in ("device.cuh", "ptx.cuh") or not re.search(files, path.name):
            continue
        source = path.read_text()
        code = without_comments(source)
        spans = device_lines(code)
        for kind, (pattern, replacement) in KINDS.items():
            for match in re.finditer(pattern, code):
                if "\0" in match[0] or not any(a <= match.start() < b for a, b in spans):
                    continue
                text = replacement(match) if callable(replacement) else replacement
                mutants.append(Mutant(kind, path, match.start(), match.end(), text, source))
    return mutants


def draw(mutants, count, seed):
    """A sample that goes round the kinds, and within a kind round the files."""
    chance = random.Random(seed)
    pools = {}
    for mutant in mutants:
        pools.setdefault(mutant.kind, {}).setdefault(mutant.path.name, []).append(mutant)
    order = []
    for kind in sorted(pools):
        files = pools[kind]
        for name in sorted(files):
            chance.shuffle(files[name])
        names = sorted(files)
        chance.shuffle(names)
        rounds = []
        while any(files[name] for name in names):
            rounds += [files[name].pop() for name in names if files[name]]
        order.append(rounds)
    chosen = []
    while len(chosen) < count and any(order):
        chosen += [rounds.pop(0) for rounds in order if rounds]
    return chosen[:count]


def copy_tree(tree):
    """The tracked files as they are now; those that did not change keep their time, so that little is built again."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        source, target = ROOT / name, tree / name
        if not source.exists() or (target.exists() and filecmp.cmp(source, target, shallow=False)):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def run(command, timeout, **more):
    try:
        return subprocess.run(command, timeout=timeout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", **more)
    except subprocess.TimeoutExpired as expired:
        return subprocess.CompletedProcess(command, 124, stdout=f"no end after {expired.timeout:.0f} s")


def verdict(build):
    """What the tests of a build say: "" where all pass, else a few words."""
    for program in PROGRAMS:
        result = run([build / "bin" / program, "--gtest_brief=1", "--gtest_fail_fast"], 900,
                     env={"TSAN_OPTIONS": "halt_on_error=1", "SIMT_WORKERS": "1", "OMP_NUM_THREADS": "1"})
        if result.returncode == 0:
            continue
        for pattern in (r"data race", r"(heap|stack|global)-buffer-overflow", r"SIMT error: [^\n]{0,80}|simt::Error[^\n]{0,80}", r"runtime error: [^\n]{0,60}", r"no end after",
                        r"deadlock[^\n]{0,60}", r"never wrote element|wrote (past|before)[^\n]{0,20}"):
            found = re.search(pattern, result.stdout)
            if found:
                return found[0]
        return "wrong numbers" if "off by" in result.stdout or "Failure" in result.stdout else f"exit {result.returncode}"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", default="", help="only files whose name matches")
    parser.add_argument("--report", type=pathlib.Path, help="a TSV: verdict, build, file, line, kind, before, after")
    parser.add_argument("--again", type=pathlib.Path, help="a report: only what survived there")
    parser.add_argument("--tree", type=pathlib.Path, help="what to break (default: a copy below build/mutants)")
    parser.add_argument("--builds", default="release,asan,tsan", help="presets, or folders of builds of the tree")
    options = parser.parse_args()

    tree = options.tree or ROOT / "build" / "mutants"
    if options.tree is None:
        copy_tree(tree)
    builds = {name: tree / "build" / name for name in options.builds.split(",")}  # an absolute path stays itself
    for name, build in builds.items():
        steps = [["ninja", "-C", build, *PROGRAMS]]
        if not build.exists():
            steps.insert(0, ["cmake", "--preset", name, "-DGENOCUDA_CUDA=OFF"])
        for step in steps:
            result = run(step, 3600, cwd=tree)
            if result.returncode:
                sys.exit(f"{name}: the tree does not build\n{result.stdout[-3000:]}")
        said = verdict(build)
        if said:
            sys.exit(f"{name}: the tests fail without any mutation: {said}")

    listed = {}
    for line in (pathlib.Path(__file__).with_name("survivors.tsv")).read_text().splitlines():
        if line and not line.startswith("#"):
            key, _, reason = line.rpartition("\t")
            listed[key] = reason
    mutants = draw(all_mutants(tree / "kernels", options.files), options.count, options.seed)
    if options.again:
        survived = {tuple(row.split("\t")[2:]) for row in options.again.read_text().splitlines() if row.startswith("SURVIVED")}
        mutants = [mutant for mutant in mutants if mutant.row() in survived]
    rows, holes, start = [], 0, time.monotonic()
    for number, mutant in enumerate(mutants, 1):
        original = mutant.path.read_text()
        mutant.path.write_text(original[: mutant.start] + mutant.text + original[mutant.end :])
        said, by = "", "-"
        for name, build in builds.items():
            if run(["ninja", "-C", build, *PROGRAMS], 1800).returncode:
                said, by = "does not compile", name
                break
            said, by = verdict(build), name
            if said:
                break
        mutant.path.write_text(original)
        if not said:
            said, by = (f"equivalent: {listed[mutant.key()]}", "-") if mutant.key() in listed else ("SURVIVED", "-")
            holes += said == "SURVIVED"
        rows.append("\t".join([said, by, *mutant.row()]))
        print(f"[{number}/{len(mutants)}, {time.monotonic() - start:.0f} s] {rows[-1]}", flush=True)
        if options.report:
            options.report.write_text("\n".join(rows) + "\n")
    caught = {name: sum(row.split("\t")[1] == name for row in rows) for name in builds}
    print(f"{len(mutants)} mutants: {caught}, {sum('equivalent' in row for row in rows)} equivalent, {holes} survived")
    sys.exit(holes > 0)


if __name__ == "__main__":
    main()

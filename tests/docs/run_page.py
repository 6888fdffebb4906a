#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: run_page.py [--update] PAGE PROGRAMS...

Does what a page of docs/ tells its readers to do, in an empty folder and in order, and fails where something else comes
out than the page shows. PROGRAMS are files whose folders go on the PATH.

  ```console      lines that begin with "$ " are commands, those that follow them what they print on standard output.
                  A here-document belongs to its command. A line "..." stands for any lines.
  ```cpp          stands word for word in the file that the comment above it names: <!-- of examples/x.cc -->
  ![](figures/x)  the commands have written x, the same bytes as the committed figure.

Above a block or a figure, <!-- numbers within 0.02 --> allows each of its numbers to be off by so much: for what is
trained, where processors round differently. --update writes what comes out into the page and the figures instead.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
TOLERANCE = re.compile(r"<!-- numbers within ([\d.]+) -->")
SOURCE = re.compile(r"<!-- of (\S+) -->")
FIGURE = re.compile(r"!\[[^]]*\]\(figures/([^)]+)\)")
HERE_DOCUMENT = re.compile(r"<<\s*'?(\w+)'?")
SECONDS = 60  # that a command may take


class Block:
    """A fenced block of the page: its lines are [first, end)."""

    def __init__(self, kind, first, end, tolerance, source):
        self.kind, self.first, self.end = kind, first, end
        self.tolerance, self.source = tolerance, source


def note_above(lines, index, pattern):
    """What the pattern finds in the comments that stand above a line."""
    while index > 0 and lines[index - 1].startswith("<!--"):
        index -= 1
        found = pattern.fullmatch(lines[index].strip())
        if found:
            return found.group(1)
    return None


def blocks_of(lines):
    index = 0
    while index < len(lines):
        if lines[index].startswith("```"):
            end = next(i for i in range(index + 1, len(lines)) if lines[i] == "```")
            tolerance = float(note_above(lines, index, TOLERANCE) or 0)
            yield Block(lines[index][3:], index + 1, end, tolerance, note_above(lines, index, SOURCE))
            index = end
        index += 1


def steps_of(lines):
    """Pairs of a command's lines and the lines that it prints."""
    steps, index = [], 0
    while index < len(lines):
        if not lines[index].startswith("$ "):
            raise SystemExit(f"a console block must begin with a command, not with: {lines[index]}")
        command = [lines[index]]
        index += 1
        here = HERE_DOCUMENT.search(command[0])
        while index < len(lines) and (command[-1].endswith("\\") or (here and command[-1] != here.group(1))):
            command.append(lines[index])
            index += 1
        printed = []
        while index < len(lines) and not lines[index].startswith("$ "):
            printed.append(lines[index])
            index += 1
        steps.append((command, printed))
    return steps


def same_line(shown, got, tolerance):
    if shown == got:
        return True
    if not tolerance or NUMBER.split(" ".join(shown.split())) != NUMBER.split(" ".join(got.split())):
        return False
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(got))
    return all(abs(float(a) - float(b)) <= tolerance for a, b in pairs)


def same_lines(shown, got, tolerance):
    if shown and shown[0] == "...":
        return any(same_lines(shown[1:], got[i:], tolerance) for i in range(len(got) + 1))
    if not shown or not got:
        return not shown and not got
    return same_line(shown[0], got[0], tolerance) and same_lines(shown[1:], got[1:], tolerance)


class Page:
    def __init__(self, path, programs, update):
        self.path, self.update = path, update
        self.root = path.resolve().parent.parent
        self.lines = path.read_text(encoding="utf-8").split("\n")
        self.failures = 0
        folders = [str(pathlib.Path(program).resolve().parent) for program in programs]
        self.environment = dict(os.environ, PATH=os.pathsep.join(folders + [os.environ["PATH"]]), LC_ALL="C.UTF-8")

    def fail(self, line, message):
        self.failures += 1
        print(f"{self.path}:{line + 1}: {message}")

    def run(self):
        blocks = list(blocks_of(self.lines))
        if not any(block.kind == "console" for block in blocks):
            raise SystemExit(f"{self.path}: there is no console block to run")
        with tempfile.TemporaryDirectory() as folder:
            replacements = []
            for block in blocks:
                if block.kind == "console":
                    replacements.append((block, self.run_block(block, folder)))
                elif block.kind == "cpp":
                    self.check_source(block)
            self.check_figures(pathlib.Path(folder))
        if self.update:
            for block, lines in reversed(replacements):
                self.lines[block.first:block.end] = lines
            self.path.write_text("\n".join(self.lines), encoding="utf-8")
        return self.failures

    def run_block(self, block, folder):
        result = []
        for command, shown in steps_of(self.lines[block.first:block.end]):
            text = "\n".join([command[0][2:]] + command[1:])
            done = subprocess.run(["bash", "-eo", "pipefail", "-c", text + "\n"], cwd=folder, env=self.environment,
                                  capture_output=True, text=True, timeout=SECONDS, check=False)
            if done.returncode != 0:
                self.fail(block.first, f"status {done.returncode} of: {text}\n{done.stderr}")
            got = done.stdout.rstrip("\n").split("\n") if done.stdout else []
            if not self.update and not same_lines(shown, got, block.tolerance):
                difference = "\n".join(difflib.unified_diff(shown, got, "page", "printed", lineterm="", n=1))
                self.fail(block.first, f"the page shows something else than is printed by: {text}\n{difference}")
            keep = "..." in shown and same_lines(shown, got, block.tolerance)
            result += command + (shown if keep else got)
        return result

    def check_source(self, block):
        if block.source is None:
            return self.fail(block.first, "C++ without a comment <!-- of FILE --> above it")
        quoted = "\n".join(self.lines[block.first:block.end])
        if f"\n{quoted}\n" not in (self.root / block.source).read_text(encoding="utf-8"):
            self.fail(block.first, f"these lines do not stand in {block.source}")

    def check_figures(self, folder):
        figures = self.path.parent / "figures"
        for number, line in enumerate(self.lines):
            for name in FIGURE.findall(line):
                if not (folder / name).exists():
                    self.fail(number, f"no command of the page writes {name}")
                    continue
                drawn = (folder / name).read_bytes()
                if self.update:
                    (figures / name).write_bytes(drawn)
                    continue
                tolerance = float(note_above(self.lines, number, TOLERANCE) or 0)
                committed = (figures / name).read_bytes() if (figures / name).exists() else b""
                if drawn != committed and not same_lines(committed.decode().split("\n"), drawn.decode().split("\n"), tolerance):
                    self.fail(number, f"figures/{name} is not what the page's commands draw")


def main(arguments):
    update = "--update" in arguments
    arguments = [argument for argument in arguments if argument != "--update"]
    if len(arguments) < 2:
        raise SystemExit(__doc__)
    failures = Page(pathlib.Path(arguments[0]), arguments[1:], update).run()
    if failures:
        raise SystemExit(f"{failures} failures; run_page.py --update writes what comes out into the page")


if __name__ == "__main__":
    sys.setrecursionlimit(10000)  # same_lines() goes a line deeper each time
    main(sys.argv[1:])

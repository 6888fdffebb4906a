#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of benchmarks/gpu/run_gpu.py and what it stands on: no GPU, no programs needed."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks/gpu"))
import gpu_parity
import gpu_report
import run_gpu

GTEST = """\
[ RUN      ] A/Parity.Agrees/cuda_x
[       OK ] A/Parity.Agrees/cuda_x (3 ms)
[ RUN      ] A/Parity.Agrees/cuda_y
parity.cc:30: Failure
[  FAILED  ] A/Parity.Agrees/cuda_y, where GetParam() = cuda_y (12 ms)
[ RUN      ] Other.Skipped
[  SKIPPED ] Other.Skipped (0 ms)
"""
SUMMARY = """\
[==========] 3 tests from 2 test suites ran. (15 ms total)
[  PASSED  ] 1 test.
[  FAILED  ] 1 test, listed below:
[  FAILED  ] A/Parity.Agrees/cuda_y, where GetParam() = cuda_y
"""


def script(text):
    return [sys.executable, "-c", text]


class Programs(unittest.TestCase):
    def test_output_is_kept_when_time_is_up(self):
        output = run_gpu.call(script("import time; print('begun', flush=True); time.sleep(60)"), 5)
        self.assertEqual((output.outcome(), output.text), ("out of time", "begun\n"))

    def test_children_end_with_their_parent(self):
        child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
        self.assertLess(run_gpu.call(script(child), 1).seconds, 30)

    def test_what_is_not_there_failed(self):
        self.assertEqual(run_gpu.call(["/no/such/program"], 5).outcome(), "failed")
        self.assertEqual(run_gpu.call(script("raise SystemExit(3)"), 20).outcome(), "failed")

    def test_cases_are_counted_once(self):
        expected = {"passed": 1, "failed": 1, "skipped": 1}
        self.assertEqual(run_gpu.count_tests(GTEST + SUMMARY), expected)
        self.assertEqual(run_gpu.failures(GTEST + SUMMARY), "A/Parity.Agrees/cuda_y")

    def test_a_case_that_the_program_died_in_failed(self):
        self.assertEqual(run_gpu.count_tests(GTEST + "[ RUN      ] Other.Crashes\n")["failed"], 2)

    def test_rows_are_found_among_other_lines(self):
        self.assertEqual(run_gpu.json_lines('warning\n{"kind": "copy"}\n{"half": \n[1]\n{"no kind": 1}\n'), [{"kind": "copy"}])


def row(kind, implementation, median, **more):
    return {"kind": kind, "implementation": implementation, "us": [median, median, median], **more}


def conv(implementation, median, **more):
    return row("operator", implementation, median, layer="conv2", operator="conv1d", batch=256, precision="bf16",
               storage="bf16", **more)


class Report(unittest.TestCase):
    def setUp(self):
        self.rows = [row("copy", "genocuda", 1000, bytes=2e9, flop={}),
                     row("product", "mma", 1000, bytes=1, flop={"bf16": 3e11}),
                     row("product", "torch", 1000, bytes=1, flop={"bf16": 5e11}),
                     conv("mma", 200, bytes=2e8, flop={"bf16": 4e10}), conv("direct", 900, bytes=2e8, flop={"bf16": 4e10}),
                     conv("torch graph", 400), {**conv("cudnn", 1), "us": None}]
        del self.rows[-1]["us"]
        self.limits = gpu_report.ceilings(self.rows)

    def test_ceilings_are_those_of_the_fastest(self):
        self.assertEqual(self.limits, {"bytes_per_second": 2e12, "flop_per_second": {"bf16": 5e14}, "by": {"bf16": "torch"}})

    def test_shares_are_of_the_larger_bound(self):
        gpu_report.share_floors(self.rows)
        gpu_report.add_floors(self.rows, self.limits)
        self.assertEqual((self.rows[3]["floor_us"], self.rows[3]["bound_by"]), (100.0, "bytes"))
        self.assertEqual([each["share_of_floor"] for each in self.rows[3:6]], [0.5, 100 / 900, 0.25])
        self.assertNotIn("floor_us", self.rows[6])

    def test_nothing_is_divided_by_what_was_not_measured(self):
        rows = self.rows[3:5]
        gpu_report.add_floors(rows, gpu_report.ceilings(rows))
        self.assertNotIn("floor_us", rows[0])
        self.assertEqual(len(gpu_report.table(rows, 256)), 2)

    def test_the_table_has_the_best_of_both_sides(self):
        gpu_report.add_floors(self.rows, self.limits)
        line = gpu_report.table(self.rows, 256)[1].split()
        self.assertEqual(line, ["conv2", "conv1d", "-", "-", "200.0", "50%", "x2.00", "mma"])

    def test_what_no_looser_mode_makes_faster_counts_in_it(self):
        rows = [{**each, "precision": "fp32", "storage": "f32"} for each in (conv("split", 100), conv("torch graph", 300))]
        rows.append({**conv("torch graph", 150), "precision": "tf32", "storage": "f32"})
        line = gpu_report.table(rows, 256)[1].split()
        self.assertEqual(line, ["conv2", "conv1d", "100.0", "-", "x3.00", "split", "100.0", "-", "x1.50", "split", "100.0", "-", "-", "split"])

    def test_the_file_is_json_with_a_name_that_any_system_bears(self):
        result = {"device": {"name": "NVIDIA H100 80GB HBM3"}, "commit": "abc", "timings": self.rows}  # the maker is left out
        with tempfile.TemporaryDirectory() as folder:
            path = run_gpu.write(result, pathlib.Path(folder, "results"))
            self.assertEqual(path.name, "gpu-h100-80gb-hbm3-abc.json")
            self.assertEqual(json.loads(path.read_text()), result)


class Kept(unittest.TestCase):
    def keep(self, folder):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        run = types.SimpleNamespace(dry=True, scratch=scratch, reached=gpu_parity.Parity())
        with contextlib.redirect_stdout(io.StringIO()) as said:
            run_gpu.keep(run, {"device": {"name": "emu"}, "commit": "abc", "timings": []}, folder)
        return said.getvalue()

    def test_a_dry_run_leaves_its_result_where_it_was_told_to(self):
        before = sorted(run_gpu.RESULTS.glob("*")), run_gpu.PAGE.read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "new", "gpu-emu-abc.json")
            self.assertIn(f"written to {path}", self.keep(path.parent))
            self.assertEqual(json.loads(path.read_text())["commit"], "abc")
        self.assertIn("removed", self.keep(None))
        self.assertEqual((sorted(run_gpu.RESULTS.glob("*")), run_gpu.PAGE.read_bytes()), before)


TOLERANCES = {"classname": "Tolerances", "name": "AreReported", "modes_cuda": "f32_fp32=1e-05 f32_tf32=0.001 ",
              "families": "conv1d=4 sum=1 "}
PAGE = """\
text
<!-- operators: by a program -->
| family | times | cpu, fp32 (2e-06) |
| --- | --- | --- |
| conv1d | 1 | 3e-07 |
| gone | 1 | 0 |
<!-- end -->
<!-- networks: by a program -->
<!-- end -->
"""


class ParityPage(unittest.TestCase):
    def setUp(self):
        self.parity = gpu_parity.Parity()
        self.parity.add([TOLERANCES,
                         {"classname": "Operators/Parity", "name": "A/x", "family": "conv1d", "error_f32_fp32": "2e-07"},
                         {"classname": "Operators/Parity", "name": "A/y", "family": "conv1d", "error_f32_fp32": "1e-07",
                          "error_f32_tf32": "5e-04"},
                         {"classname": "Tolerances", "name": "OfTraining", "fp32": "gradient_network=5e-06 gradient_rounded=0"},
                         {"classname": "Strict/Training", "name": "Gradients/fp32", "gradient_network": "3e-07"}])
        self.page = gpu_parity.Page(PAGE)

    def test_the_largest_error_counts(self):
        self.assertEqual(self.parity.families["conv1d"], {"times": 4, "reached": {"f32_fp32": 2e-7, "f32_tf32": 5e-4}})
        self.assertEqual(self.parity.networks, {"fp32": {"gradient_network": {"allowed": 5e-6, "reached": 3e-7}}})

    def test_a_device_gets_columns_and_others_keep_theirs(self):
        self.page.set_tolerances("H100", self.parity)
        self.page.set_reached("H100", self.parity)
        table = self.page.table("operators")
        self.assertEqual(table.columns, ["times", "cpu, fp32 (2e-06)", "H100, fp32 (1e-05)", "H100, TF32 (0.001)"])
        self.assertEqual(list(table.rows["conv1d"].values()), ["4", "3e-07", "2e-07", "0.0005"])
        self.assertEqual(list(table.rows), ["conv1d", "sum"])
        self.assertEqual(self.page.table("networks").rows,
                         {"fp32: gradient of all parameters": {"tolerance": "5e-06", "H100": "3e-07"}})

    def test_another_tolerance_shows(self):
        self.parity.modes = {"f32_fp32": 4e-6}
        self.page.set_tolerances("cpu", self.parity)
        self.assertIn("cpu, fp32 (4e-06)", self.page.text)
        self.assertNotIn("2e-06", self.page.text)

    def test_writing_it_again_changes_nothing(self):
        for _ in range(2):
            self.page.set_tolerances("cpu", self.parity)
            self.page.set_reached("cpu", self.parity)
            before, self.page = self.page.text, gpu_parity.Page(self.page.text)
        self.assertEqual(self.page.text, before)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that run_page.py can fail: small pages, and what must become of each."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

RUNNER = pathlib.Path(__file__).with_name("run_page.py")


class RunPage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "docs" / "figures").mkdir(parents=True)
        self.page = self.root / "docs" / "page.md"

    def run_page(self, text, *options):
        self.page.write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, str(RUNNER), *options, str(self.page), sys.executable],
                              capture_output=True, text=True, check=False)

    def passes(self, text):
        done = self.run_page(text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def fails(self, text, why):
        done = self.run_page(text)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(why, done.stdout + done.stderr)

    def test_commands_share_a_folder_and_print_what_the_page_shows(self):
        self.passes("```console\n$ echo one > file\n$ cat file\none\n```\ntext\n```console\n$ cat file\none\n```\n")
        self.fails("```console\n$ echo one\ntwo\n```\n", "shows something else")
        self.fails("```console\n$ echo one\n```\n", "shows something else")
        self.fails("```console\n$ true\none\n```\n", "shows something else")

    def test_a_command_that_fails_is_named(self):
        self.fails("```console\n$ ls no-such-file\n```\n", "no-such-file")
        self.fails("```console\n$ false | true\n```\n", "status 1")

    def test_a_page_without_commands_is_no_pass(self):
        self.fails("text\n", "no console block")

    def test_here_documents_and_continued_lines_belong_to_their_command(self):
        self.passes("```console\n$ cat > file <<'END'\n$ one\nEND\n$ cat \\\n    file\n$ one\n```\n".replace("$ one", "one"))

    def test_dots_stand_for_any_lines(self):
        self.passes("```console\n$ seq 9\n1\n...\n9\n```\n")
        self.passes("```console\n$ seq 2\n1\n...\n2\n```\n")
        self.fails("```console\n$ seq 9\n1\n...\n8\n```\n", "shows something else")

    def test_numbers_may_be_off_by_what_the_page_says(self):
        block = "```console\n$ echo loss   0.52 of 3\nloss 0.50 of 3\n```\n"
        self.passes("<!-- numbers within 0.03 -->\n" + block)
        self.fails("<!-- numbers within 0.01 -->\n" + block, "shows something else")
        self.fails(block, "shows something else")
        self.fails("<!-- numbers within 0.03 -->\n" + block.replace("loss 0.50", "gain 0.50"), "shows something else")

    def test_figures_are_the_same_bytes(self):
        page = "```console\n$ echo '<svg x=\"1.5\"/>' > a.svg\n```\n![A](figures/a.svg)\n"
        self.fails(page, "not what the page's commands draw")
        (self.root / "docs/figures/a.svg").write_text('<svg x="1.5"/>\n', encoding="utf-8")
        self.passes(page)
        (self.root / "docs/figures/a.svg").write_text('<svg x="1.6"/>\n', encoding="utf-8")
        self.fails(page, "not what the page's commands draw")
        self.passes(page.replace("![A]", "<!-- numbers within 0.2 -->\n![A]"))
        self.fails(page.replace("a.svg\n```", "b.svg\n```"), "no command of the page writes a.svg")

    def test_quoted_code_stands_in_its_file(self):
        (self.root / "code.cc").write_text("int a;\n  int b;\n  int c;\n", encoding="utf-8")
        page = "```console\n$ true\n```\n<!-- of code.cc -->\n```cpp\n  int b;\n  int c;\n```\n"
        self.passes(page)
        self.fails(page.replace("int c", "int d"), "do not stand in code.cc")
        self.fails(page.replace("<!-- of code.cc -->", ""), "without a comment")

    def test_update_writes_what_comes_out(self):
        done = self.run_page("```console\n$ echo one\ntwo\n$ echo x > a.svg\n```\n![A](figures/a.svg)\n", "--update")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("$ echo one\none\n$ echo x", self.page.read_text(encoding="utf-8"))
        self.assertEqual((self.root / "docs/figures/a.svg").read_text(encoding="utf-8"), "x\n")


if __name__ == "__main__":
    unittest.main()

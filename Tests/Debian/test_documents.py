"""Checks the manual pages and the completion that the Debian package gets from the program's commands.

    DEB_PROGRAM=PROGRAM python Tests/Debian/test_documents.py
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2]
PROGRAM = os.environ["DEB_PROGRAM"]


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        dump = subprocess.run([PROGRAM, "--experimental-dump-help"], stdout=subprocess.PIPE, check=True).stdout
        script = SOURCES / "Sources/Debian/documents.py"
        subprocess.run(["python3", "-B", script, cls.root, "2026-01-31"], input=dump, check=True)
        cls.completion = cls.root / "usr/share/bash-completion/completions/mailstore_exporter"

    def complete(self, line: str) -> list[str]:
        """The words that bash offers at the end of a line, in a folder with a file and a folder."""
        (self.root / "work/folder").mkdir(parents=True, exist_ok=True)
        (self.root / "work/file.yml").touch()
        # Bash splits at "=", which is a word of its own.
        words = line.replace("=", " = ").split(" ")
        while len(words) > 1 and words[-1] == "" and words[-2] == "=":
            words.pop()
        quoted = " ".join(f"'{word}'" for word in words)
        script = f"""
            compopt() {{ :; }}
            . {self.completion}
            COMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1}
            _mailstore_exporter && printf '%s\\n' "${{COMPREPLY[@]}}"
            """
        result = subprocess.run(
            ["bash", "-c", script], cwd=self.root / "work", stdout=subprocess.PIPE, text=True, check=True)
        return sorted(word for word in result.stdout.split("\n") if word)

    def test_flags_of_the_exporter_are_completed_without_a_command(self) -> None:
        self.assertEqual(self.complete("mailstore_exporter --config"), ["--config.check", "--config.file"])
        self.assertEqual(
            self.complete("mailstore_exporter --config.check --web.tele"), ["--web.telemetry-path"])

    def test_commands_and_their_flags_are_completed(self) -> None:
        self.assertEqual(self.complete("mailstore_exporter ch"), ["check"])
        self.assertIn("simulate", self.complete("mailstore_exporter "))
        self.assertEqual(self.complete("mailstore_exporter check --js"), ["--json"])
        self.assertEqual(self.complete("mailstore_exporter state "), ["export", "import", "list", "remove"])
        self.assertIn("--state.directory", self.complete("mailstore_exporter state list --"))

    def test_values_are_files_directories_or_words(self) -> None:
        self.assertEqual(self.complete("mailstore_exporter --config.file "), ["file.yml", "folder"])
        self.assertEqual(self.complete("mailstore_exporter check --config.file=fi"), ["file.yml"])
        self.assertEqual(self.complete("mailstore_exporter --config.file="), ["file.yml", "folder"])
        self.assertEqual(self.complete("mailstore_exporter --state.directory "), ["folder"])
        self.assertEqual(self.complete("mailstore_exporter metrics --format "), ["json", "markdown", "table"])
        self.assertEqual(self.complete("mailstore_exporter --mailstore.url "), [])

    def test_every_command_has_a_manual_page_that_can_be_read(self) -> None:
        pages = sorted((self.root / "usr/share/man/man1").iterdir())
        names = [page.name for page in pages]
        for name in ["", "-check", "-history", "-state-import"]:
            self.assertIn(f"mailstore_exporter{name}.1", names)
        self.assertNotIn("mailstore_exporter-serve.1", names)
        for page in pages:
            text = page.read_text()
            self.assertTrue(text.startswith('.TH "MAILSTORE'), page.name)
            for section in ["NAME", "SYNOPSIS"]:
                self.assertIn(f"\n.SH {section}\n", text, page.name)
            # A line that begins with a dot is a request: only those that are meant.
            requests = {line.split(" ")[0] for line in text.split("\n") if line.startswith((".", "'"))}
            self.assertLessEqual(requests, {".TH", ".SH", ".B", ".TP", ".PP"}, page.name)
        self.assertIn("\\fB\\-\\-config.file\\fR", (pages[-1]).read_text())


if __name__ == "__main__":
    unittest.main()

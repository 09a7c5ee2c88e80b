"""Runs the checks as programs: what CI sees is their exit code, and what a person sees is what they print."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from sample import at, right

HERE = Path(__file__).resolve().parent

# A fault for each program, and what it says about it.
FAULTS: dict[str, tuple[tuple[str | int, ...], Any, str]] = {
    "models.py": (("panels", 2, "options", "legend", "calcs"), "mean",
                  'panels[2].options.legend.calcs: expected list[str], found str "mean"'),
    "queries.py": (("panels", 2, "targets", 0, "expr"), "up{", "panels[2].targets[0]"),
    "lint.py": (("editable",), True, "editable: expected False, found True"),
    "thresholds.py": (("panels", 1, "fieldConfig", "defaults", "thresholds", "steps", 1, "value"), 0.7,
                      'panels[1] ("Availability"): the step at 0.7 is no threshold'),
}


def program(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a check."""
    command = [sys.executable, "-B", str(HERE / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class ProgramsTest(unittest.TestCase):
    """Exit codes and messages."""

    def test_without_arguments_all_dashboards_are_checked_and_pass(self) -> None:
        for name in FAULTS:
            with self.subTest(name):
                result = program(name)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertTrue(result.stdout.startswith("6 dashboards: "), result.stdout)

    def test_a_fault_in_a_file_is_told_with_its_place_and_ends_in_1(self) -> None:
        for name, (steps, value, words) in FAULTS.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                data = right()
                at(data, *steps[:-1])[steps[-1]] = value
                file = Path(folder) / "mailstore-fleet.json"
                file.write_text(json.dumps(data), encoding="utf-8")
                result = program(name, str(file))
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertIn(f"mailstore-fleet.json: {words}", result.stderr)

    def test_a_file_that_is_no_json_ends_in_1(self) -> None:
        for name in FAULTS:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "mailstore-fleet.json"
                file.write_text("{", encoding="utf-8")
                result = program(name, str(file))
                self.assertEqual(result.returncode, 1)
                self.assertIn("cannot be read as JSON", result.stderr)


if __name__ == "__main__":
    unittest.main()

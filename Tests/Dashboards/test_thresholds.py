"""Plants faults in thresholds and in generated files, and sees the checks find each."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import promql_parser
import yaml

import boards
import thresholds
from thresholds import Threshold

SOON = Threshold("soon", "CertificateExpiring", "warning", 21 * 86400)
NOW = Threshold("now", "CertificateExpiring", "critical", 3 * 86400)
OVERDUE = Threshold("overdue", "VerificationOverdue", "warning", 1.25)
KNOWN = [SOON, NOW, OVERDUE]

RULES: dict[str, Any] = yaml.safe_load("""
groups:
  - name: example
    rules:
      - record: target:errors:rate5m
        expr: rate(errors_total[5m]) * 7
      - alert: CertificateExpiring
        expr: not_after - time() < 21 * 86400
        labels: {severity: warning}
      - alert: CertificateExpiring
        expr: not_after - time() < 3 * (86400)
        labels: {severity: critical}
      - alert: VerificationOverdue
        expr: (time() - last_success) > on (store_id) (1.25 * expected)
        labels: {severity: warning}
""")


def steps(*pairs: tuple[str, float | None]) -> dict[str, Any]:
    """Thresholds as Grafana keeps them."""
    return {"mode": "absolute", "steps": [{"color": color, "value": value} for color, value in pairs]}


class AlertsTest(unittest.TestCase):
    """A threshold is a number of its alert."""

    def errors(self, one: Threshold) -> list[str]:
        return list(thresholds.threshold_errors(one, thresholds.alerts(RULES)))

    def test_numbers_of_alerts_are_found(self) -> None:
        for one in KNOWN:
            with self.subTest(one.name):
                self.assertEqual(self.errors(one), [])

    def test_another_number_alert_or_severity_is_found(self) -> None:
        cases = [(Threshold("x", "CertificateExpiring", "warning", 20 * 86400), "not 1.728e+06"),
                 (Threshold("x", "CertificateExpiring", "warning", 3 * 86400), "not 259200"),
                 (Threshold("x", "CertificateExpiring", "warning", 21), "not 21"),
                 (Threshold("x", "VerificationOverdue", "warning", 1.26), "not 1.26"),
                 (Threshold("x", "VerificationOverdue", "critical", 1.25), "there is no critical alert"),
                 (Threshold("x", "VerificationLate", "warning", 1.25), "there is no warning alert")]
        for one, words in cases:
            with self.subTest(one):
                found = self.errors(one)
                self.assertTrue(len(found) == 1 and words in found[0], found)

    def test_constants_are_worked_out_wherever_they_stand(self) -> None:
        cases = {"a > 2 * 3 + 1": [7], "a > -(2)": [-2], "sum(a > 0.5) / 4": [0.5, 4], "a / 2 * 3": [2, 3],
                 "clamp_min(a, 5) > bool 10 / 4": [5, 2.5], "max_over_time((a > 8)[1h:1m]) == 1": [8, 1],
                 'a{x="9"}[5m:1m]': []}
        for expression, expected in cases.items():
            with self.subTest(expression):
                self.assertEqual(list(thresholds.numbers(promql_parser.parse(expression))), expected)


class StepsTest(unittest.TestCase):
    """A step of colours is an alert's threshold, or a plain one."""

    def errors(self, unit: str, config: dict[str, Any]) -> list[str]:
        return list(thresholds.step_errors(unit, config, KNOWN))

    def test_right_steps_pass(self) -> None:
        cases = [("s", steps(("red", None), ("orange", 259200), ("green", 1814400))),
                 ("d", steps(("red", None), ("orange", 3), ("green", 21))),
                 ("percentunit", steps(("green", None), ("yellow", 1), ("orange", 1.25))),
                 ("percent", steps(("green", None), ("yellow", 100), ("orange", 125))),
                 ("none", steps(("green", None), ("red", 1))),
                 ("bytes", steps(("blue", None)))]
        for unit, config in cases:
            with self.subTest(unit=unit, config=config):
                self.assertEqual(self.errors(unit, config), [])

    def test_wrong_steps_are_found(self) -> None:
        cases = [("s", steps(("red", None), ("orange", 259200), ("green", 1728000)), "1.728e+06 is no threshold"),
                 ("d", steps(("red", None), ("orange", 259200)), "is no threshold"),
                 ("percent", steps(("green", None), ("orange", 1.25)), "1.25 is no threshold"),
                 ("percentunit", steps(("green", None), ("orange", 125)), "125 is no threshold"),
                 ("percentunit", steps(("green", None), ("orange", 1.2)), "1.2 is no threshold"),
                 ("percentunit", steps(("green", None), ("red", 1.25)), "is not orange"),
                 ("s", steps(("orange", None), ("green", 259200)), "is not red"),
                 ("none", {**steps(("green", None), ("red", 1)), "mode": "percentage"}, "not absolute"),
                 ("none", steps(("green", 0), ("red", 1)), "lowest values"),
                 ("none", steps(("green", None), ("red", 1), ("orange", 0)), "do not rise"),
                 ("none", steps(("green", None), ("red", None)), "do not rise")]
        for unit, config, words in cases:
            with self.subTest(unit=unit, config=config):
                found = self.errors(unit, config)
                self.assertTrue(len(found) == 1 and words in found[0], found)

    def test_steps_of_a_column_are_in_the_unit_of_the_column(self) -> None:
        column = {"properties": [{"id": "unit", "value": "d"}, {"id": "thresholds", "value": steps(("red", None))}]}
        bare = {"properties": [{"id": "thresholds", "value": steps(("blue", None))}]}
        panel = {"fieldConfig": {"defaults": {"unit": "s", "thresholds": steps(("text", None))},
                                 "overrides": [column, bare]}}
        found = [(unit, config["steps"][0]["color"]) for unit, config in thresholds.all_steps(panel)]
        self.assertEqual(found, [("s", "text"), ("d", "red"), ("s", "blue")])


class GeneratedTest(unittest.TestCase):
    """The committed files are what the generator makes, and its check would say where they are not."""

    def generate(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-B", str(folder / "source" / "generate.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_the_committed_files_are_a_fresh_generation(self) -> None:
        result = self.generate(boards.DASHBOARDS, "--check")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_a_changed_a_missing_and_a_stray_file_are_found(self) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "dashboards"
            shutil.copytree(boards.DASHBOARDS / "source", folder / "source",
                            ignore=shutil.ignore_patterns("__pycache__"))
            self.assertEqual(self.generate(folder).returncode, 0)
            self.assertEqual(self.generate(folder, "--check").returncode, 0)
            jobs = folder / "mailstore-jobs.json"
            right = jobs.read_text(encoding="utf-8")
            for name, text in (("mailstore-jobs.json", right.replace('"editable": false', '"editable": true')),
                               ("mailstore-jobs.json", right.rstrip("\n")), ("mailstore-jobs.json", None),
                               ("stray.json", "{}")):
                with self.subTest(name=name, text=text and len(text)):
                    file = folder / name
                    file.unlink(missing_ok=True)
                    if text is not None:
                        file.write_text(text, encoding="utf-8")
                    result = self.generate(folder, "--check")
                    self.assertEqual(result.returncode, 1)
                    self.assertIn(name, result.stderr)
                    (folder / "stray.json").unlink(missing_ok=True)
                    jobs.write_text(right, encoding="utf-8")


class DashboardsTest(unittest.TestCase):
    """The dashboards themselves."""

    def test_the_named_thresholds_are_those_of_the_alerts(self) -> None:
        self.assertTrue(thresholds.source_thresholds())
        self.assertEqual(thresholds.source_errors(), [])

    def test_colours_change_where_alerts_fire(self) -> None:
        for one in boards.load([]):
            with self.subTest(one.file.name):
                self.assertEqual(thresholds.check(one), [])


if __name__ == "__main__":
    unittest.main()

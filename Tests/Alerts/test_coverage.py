"""Planted faults: coverage.py must find each of them."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import coverage
from rulefiles import load_directory

RULES = """
groups:
  - name: one
    rules:
      - record: level:thing:ratio
        expr: thing / whole
      - alert: ThingHigh
        expr: level:thing:ratio > 0.9
        labels: {severity: critical}
      - alert: ThingHigh
        expr: level:thing:ratio > 0.8
        labels: {severity: warning}
"""

TESTS = """
rule_files: [../*.rules.yml]
tests:
  - input_series: [{series: 'thing{a="b"}', values: '1'}, {series: 'other', values: '1'}]
    alert_rule_test:
      - {alertname: ThingHigh, exp_alerts: [{exp_labels: {severity: critical}}]}
      - {alertname: ThingHigh, exp_alerts: [{exp_labels: {severity: warning}}]}
"""


class CoverageTests(unittest.TestCase):
    """Each test changes one thing of a folder that is complete."""

    def findings(self, rules: str = RULES, tests: str = TESTS) -> list[str]:
        """What coverage.py says about a folder of these two files."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "tests").mkdir()
            (folder / "x.rules.yml").write_text(rules, encoding="utf-8")
            (folder / "tests" / "x.yml").write_text(tests, encoding="utf-8")
            return coverage.findings(*load_directory(folder))

    def only_finding(self, *parts: str, **files: str) -> None:
        """Exactly one finding, which has these parts."""
        found = self.findings(**files)
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def changed(self, old: str, new: str, text: str) -> str:
        """The text with one place exchanged, which must be there."""
        self.assertEqual(text.count(old), 1)
        return text.replace(old, new)

    def test_complete_folder_has_no_finding(self) -> None:
        self.assertEqual(self.findings(), [])

    def test_severity_without_a_test_where_it_fires(self) -> None:
        tests = self.changed("[{exp_labels: {severity: warning}}]", "[]", TESTS)
        self.only_finding("ThingHigh (warning)", "no test in which it fires", tests=tests)

    def test_severity_without_a_quiet_test(self) -> None:
        both = "[{exp_labels: {severity: critical}}, {exp_labels: {severity: warning}}]"
        tests = self.changed("[{exp_labels: {severity: warning}}]", both, TESTS)
        self.only_finding("ThingHigh (critical)", "stays quiet", "level:thing:ratio or thing or whole", tests=tests)

    def test_quiet_test_without_a_series_that_the_alert_reads(self) -> None:
        tests = self.changed("thing{a=", "thin{a=", TESTS)
        found = self.findings(tests=tests)
        self.assertEqual(["stays quiet" in one for one in found], [True, True], found)

    def test_alert_that_does_not_exist(self) -> None:
        tests = TESTS + "      - {alertname: ThingHihg, eval_time: 5m, exp_alerts: []}\n"
        self.only_finding("x.yml: test of ThingHihg at 5m", "no rule file that it loads", tests=tests)

    def test_severity_that_does_not_exist(self) -> None:
        tests = TESTS + "      - {alertname: ThingHigh, exp_alerts: [{exp_labels: {severity: info}}]}\n"
        self.only_finding("expects severity info", tests=tests)

    def test_alert_without_severity(self) -> None:
        rules = RULES + "      - {alert: ThingGone, expr: absent(thing)}\n"
        tests = TESTS + (
            "      - {alertname: ThingGone, exp_alerts: []}\n"
            "      - {alertname: ThingGone, exp_alerts: [{exp_labels: {a: b}}]}\n"
        )
        found = self.findings(rules=rules, tests=tests)
        self.assertTrue(found and "ThingGone: has no label severity" in found[0], found)

    def test_file_that_does_not_load_the_rules(self) -> None:
        tests = self.changed("rule_files: [../*.rules.yml]\n", "rule_files: []\n", TESTS)
        found = self.findings(tests=tests)
        self.assertEqual(sum("no test in which it fires" in one for one in found), 2, found)
        self.assertTrue(any("no rule file that it loads has this alert" in one for one in found), found)


if __name__ == "__main__":
    unittest.main()

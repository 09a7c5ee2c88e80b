#!/usr/bin/env python3
"""Fails where an alert lacks a unit test in which it fires, or one in which it stays quiet though it could fire.

Usage: python Tests/Alerts/coverage.py [--directory alerts]

An alert is a name and a severity: where two rules share a name, each severity needs both tests. A test counts only
where its file loads the rule. A quiet one counts only where the test has a series of a metric that the alert reads:
without any, it would be quiet whatever the alert says. (An alert on `absent()` is quiet by that series only.)
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Sequence

from rulefiles import FileError, Rule, TestFile, alert_tests, load_directory, metrics_behind, series_name

REPOSITORY = Path(__file__).resolve().parents[2]


def findings(rules: list[Rule], tests: list[TestFile]) -> list[str]:
    """What is missing or wrong, one sentence each."""
    alerts = [rule for rule in rules if rule.is_alert]
    found = [f"{alert}: has no label severity" for alert in alerts if alert.severity is None]
    cases = list(alert_tests(tests))
    for alert in alerts:
        metrics = metrics_behind(alert, rules)
        own = [
            (group, case)
            for test, group, case in cases
            if case.get("alertname") == alert.name and alert.file in test.rule_files
        ]
        fires = [case for _, case in own if alert.severity in _severities(case)]
        quiet = [
            case for group, case in own if alert.severity not in _severities(case) and metrics & _metrics_of(group)
        ]
        if not fires:
            found.append(f"{alert}: no test in which it fires (exp_alerts with severity {alert.severity})")
        # An alert that reads no metric always fires.
        if not quiet and metrics:
            found.append(f"{alert}: no test in which it stays quiet, though a series of {_listed(metrics)} is there")
    return found + _stray_tests(alerts, cases)


def _stray_tests(alerts: list[Rule], cases: list[tuple[TestFile, dict[str, Any], dict[str, Any]]]) -> list[str]:
    """Tests of what no rule file of theirs holds: promtool lets `exp_alerts: []` of a misspelt name pass."""
    found = []
    for test, _, case in cases:
        name = case.get("alertname")
        known = {alert.severity for alert in alerts if alert.name == name and alert.file in test.rule_files}
        where = f"{test.path.name}: test of {name} at {case.get('eval_time', '0')}"
        if not known:
            found.append(f"{where}: no rule file that it loads has this alert")
        else:
            unknown = sorted(str(one) for one in _severities(case) - known)
            found.extend(f"{where}: expects severity {one}, which no rule of this name has" for one in unknown)
    return list(dict.fromkeys(found))


def _severities(case: dict[str, Any]) -> set[str | None]:
    return {(alert.get("exp_labels") or {}).get("severity") for alert in case.get("exp_alerts") or []}


def _metrics_of(group: dict[str, Any]) -> set[str | None]:
    return {series_name(series["series"]) for series in group.get("input_series") or []}


def _listed(metrics: set[str]) -> str:
    return " or ".join(sorted(metrics))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Has each alert a test where it fires and one where it is quiet?")
    parser.add_argument("--directory", type=Path, default=REPOSITORY / "alerts", help="where the rules are")
    options = parser.parse_args(arguments)
    try:
        rules, tests = load_directory(options.directory)
        found = findings(rules, tests)
    except FileError as error:
        print(f"coverage: {error}", file=sys.stderr)
        return 1
    for finding in found:
        print(finding)
    if found:
        print(f"{len(found)} findings: add or fix tests in {options.directory / 'tests'}", file=sys.stderr)
        return 1
    count = sum(rule.is_alert for rule in rules)
    print(f"{count} alerts: each has a test where it fires and one where it stays quiet")
    return 0


if __name__ == "__main__":
    sys.exit(main())

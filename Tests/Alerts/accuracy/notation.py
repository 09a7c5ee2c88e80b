"""Unit tests of promtool, run on our own evaluation: both must agree."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import promql_parser as promql

from durations import milliseconds
from evaluation import LOOKBACK_SECONDS, Evaluator, Labels, labels_of, nameless
from rulefiles import Rule, TestFile
from rules import run
from windows import latest

_EXPANDING = re.compile(r"(?P<start>_|[-+]?[0-9.eE]+?)(?P<step>[-+][0-9.eE]+)?x(?P<times>\d+)")


def samples(notation: str) -> tuple[list[float], list[bool]]:
    """The samples of promtool's notation, NaN where there is none, and which of them are markers of staleness."""
    values: list[float] = []
    stale: list[bool] = []
    for word in notation.split():
        if found := _EXPANDING.fullmatch(word):
            times = int(found["times"])
            if found["start"] == "_":
                values += [np.nan] * times
            else:
                step = float(found["step"] or 0)
                values += [float(found["start"]) + step * number for number in range(times + 1)]
        else:
            values.append(np.nan if word in ("_", "stale") else float(word))
        stale += [word == "stale"] * (len(values) - len(stale))
    return values, stale


def selector(series: str) -> tuple[str, Labels]:
    """The metric and the labels of an input series."""
    node: Any = promql.parse(series)
    return node.name, labels_of({one.name: one.value for one in node.matchers.matchers})


def steps_needed(group: dict[str, Any], step: int) -> int:
    """How many steps a test group has until its last question."""
    cases = (group.get("alert_rule_test") or []) + (group.get("promql_expr_test") or [])
    return max(milliseconds(case.get("eval_time", "0")) for case in cases) // 1000 // step + 1


def played(test: TestFile, group: dict[str, Any], rules: list[Rule]) -> list[str]:
    """Runs one test group; returns what differs from what it expects. Samples and evaluations must have the same step."""
    step = milliseconds(test.content.get("evaluation_interval", "1m")) // 1000
    evaluator = Evaluator(0, step, steps_needed(group, step))
    for series in group.get("input_series") or []:
        values, stale = samples(series["values"])
        rest = evaluator.size - len(values)
        array = np.array((values + [np.nan] * max(rest, 0))[: evaluator.size])
        marked = np.array((stale + [False] * max(rest, 0))[: evaluator.size])
        at = latest(~np.isnan(array) | marked)
        seen = (at >= 0) & (np.arange(evaluator.size) - at <= LOOKBACK_SECONDS // step)
        evaluator.add(*selector(series["series"]), array, np.where(seen, array[np.maximum(at, 0)], np.nan))
    firings = run([rule for rule in rules if rule.file in test.rule_files], evaluator)
    problems = []
    for case in group.get("alert_rule_test") or []:
        at = milliseconds(case["eval_time"]) // 1000 // step
        found = sorted(
            tuple(pair for pair in one.labels if pair[0] != "alertname")
            for one in firings
            if one.label("alertname") == case["alertname"] and one.first <= at < one.end
        )
        wanted = sorted(labels_of(one.get("exp_labels") or {}) for one in case.get("exp_alerts") or [])
        if found != wanted:
            problems.append(f"{case['alertname']} at {case['eval_time']}: {found} instead of {wanted}")
    for case in group.get("promql_expr_test") or []:
        at = milliseconds(case["eval_time"]) // 1000 // step
        vector = evaluator.vector(promql.parse(case["expr"]))
        here = {nameless(labels): values[at] for labels, values in vector.items() if not np.isnan(values[at])}
        expected = {
            nameless(selector(one["labels"])[1] if one.get("labels") else ()): float(one["value"])
            for one in case.get("exp_samples") or []
        }
        if here.keys() != expected.keys() or any(abs(here[key] - expected[key]) > 1e-6 * abs(here[key]) for key in here):
            problems.append(f"{case['expr']} at {case['eval_time']}: {here} instead of {expected}")
    return problems


def is_playable(test: TestFile, group: dict[str, Any], rules: list[Rule]) -> bool:
    """Whether the samples have the step of the evaluation, and none of them are what a rule records."""
    recorded = {rule.name for rule in rules if not rule.is_alert}
    return (
        {rule.file for rule in rules} == set(test.rule_files)
        and group.get("interval", "1m") == test.content.get("evaluation_interval", "1m")
        and not any(selector(one["series"])[0] in recorded for one in group.get("input_series") or [])
    )

"""Cuts rules and tests down to what can tell one rule from its mutants, so that a mutation run takes minutes.

Nothing that could notice a mutant is left out: a test sees a rule by asking for its alert, by reading the series that
it records, or by reading `ALERTS`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from durations import milliseconds
from rulefiles import Reading, Rule, TestFile, child, readings

ALERT_SERIES = {"ALERTS", "ALERTS_FOR_STATE"}


@dataclass(frozen=True)
class Piece:
    """One test group of a test file, with only those of its tests that see a rule; `rules` are needed for it."""

    rules: frozenset[Rule]
    body: str
    cost: float

    def text(self, rule_paths: list[Path]) -> str:
        """The piece as a test file of its own, for these rule files."""
        return "rule_files:\n" + "".join(f"- {json.dumps(str(path))}\n" for path in rule_paths) + self.body


def pieces(rule: Rule, rules: list[Rule], tests: list[TestFile]) -> list[Piece]:
    """The pieces of all tests that can see a rule, the cheapest first; those which read all alerts come last."""
    found: list[tuple[bool, Piece]] = []
    for test in tests:
        if rule.file not in test.rule_files:
            continue
        loaded = [other for other in rules if other.file in test.rule_files]
        seen = _observers(rule, loaded)
        for group, group_node in zip(test.content["tests"], child(test.node, "tests").value):
            for sees_all in (False, True):
                kept = _kept_tests(group, seen, sees_all)
                if any(kept.values()):
                    needed = frozenset(loaded) if sees_all else _with_sources(seen, loaded)
                    body = _reduced(test.node, group_node, kept)
                    found.append((sees_all, Piece(needed, body, _cost(test, group, kept, len(needed)))))
    return [piece for _, piece in sorted(found, key=lambda entry: (entry[0], entry[1].cost))]


def rules_text(rules: list[Rule], mutated: Rule | None = None, body: dict[str, Any] | None = None) -> str:
    """A rule file of some rules in their order, one of them with another body (None: without it)."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for rule in sorted(rules, key=lambda one: one.line):
        shown = body if rule == mutated else rule.body
        if shown is not None:
            groups.setdefault(rule.group, []).append(shown)
    content = {"groups": [{"name": name, "rules": bodies} for name, bodies in groups.items()]}
    return yaml.safe_dump(content, sort_keys=False, width=10_000)


def _observers(rule: Rule, rules: list[Rule]) -> set[Rule]:
    """The rules in whose result a change of the rule can be seen: itself, its namesakes, and what reads them."""
    seen = {other for other in rules if (other.name, other.is_alert) == (rule.name, rule.is_alert)}
    while True:
        more = {
            other
            for other in rules
            if other not in seen and any(_reads(reading, one) for reading in readings(other.expr) for one in seen)
        }
        if not more:
            return seen
        seen |= more


def _reads(reading: Reading, rule: Rule) -> bool:
    if not rule.is_alert:
        return reading.metric in (None, rule.name)
    return reading.metric in (None, *ALERT_SERIES) and reading.alertname in (None, rule.name)


def _with_sources(seen: set[Rule], rules: list[Rule]) -> frozenset[Rule]:
    """The rules and those that record what they read."""
    needed = set(seen)
    while True:
        more = {
            other
            for other in rules
            if other not in needed and any(_reads(reading, other) for one in needed for reading in readings(one.expr))
        }
        if not more:
            return frozenset(needed)
        needed |= more


def _kept_tests(group: dict[str, Any], seen: set[Rule], sees_all: bool) -> dict[str, list[int]]:
    """The positions of the group's tests to keep: those that name a rule, or (sees_all) those that read any alert."""
    alerts = {rule.name for rule in seen if rule.is_alert}
    kept: dict[str, list[int]] = {"alert_rule_test": [], "promql_expr_test": []}
    for at, case in enumerate(group.get("alert_rule_test") or []):
        if not sees_all and case["alertname"] in alerts:
            kept["alert_rule_test"].append(at)
    for at, case in enumerate(group.get("promql_expr_test") or []):
        reads = readings(case["expr"])
        is_general = any(one.metric is None or one.metric in ALERT_SERIES and one.alertname is None for one in reads)
        if is_general == sees_all and any(_reads(reading, rule) for reading in reads for rule in seen):
            kept["promql_expr_test"].append(at)
    return kept


def _reduced(file: yaml.MappingNode, group: yaml.MappingNode, kept: dict[str, list[int]]) -> str:
    """The test file with this one group, and in it only these tests; without `rule_files`."""
    members = []
    for key, value in group.value:
        if key.value in kept:
            value = yaml.SequenceNode(value.tag, [value.value[at] for at in kept[key.value]])
        members.append((key, value))
    tests = yaml.SequenceNode("tag:yaml.org,2002:seq", [yaml.MappingNode(group.tag, members)])
    others = [(key, value) for key, value in file.value if key.value != "rule_files"]
    entries = [(key, tests if key.value == "tests" else value) for key, value in others]
    return yaml.serialize(yaml.MappingNode(file.tag, entries, flow_style=False), width=10_000)


def _cost(test: TestFile, group: dict[str, Any], kept: dict[str, list[int]], rules: int) -> float:
    """Evaluations that promtool will do for it; only good for an order."""
    times = [group[kind][at].get("eval_time", "0") for kind in kept for at in kept[kind]]
    step = milliseconds(test.content.get("evaluation_interval", "1m"))
    return max(map(milliseconds, times)) / step * rules

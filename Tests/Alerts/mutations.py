"""Makes the mutants of a rule: copies that differ from it by one plausible mistake each."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Iterator

from durations import milliseconds, scaled_durations
from expression_mutations import expression_mutants
from rulefiles import Rule, readings

SEVERITIES = ("critical", "warning", "info")
# What a duration gets where the rule has none: long enough to be seen at a step of 5 minutes.
ADDED = {"for": "5m", "keep_firing_for": "15m"}


@dataclass(frozen=True)
class Mutant:
    """A rule with one change: what was done, and the rule's new body (None: the rule is gone)."""

    rule: Rule
    change: str
    body: dict[str, Any] | None


def mutants(rule: Rule) -> list[Mutant]:
    """All mutants of a rule, in a fixed order."""
    found = [Mutant(rule, "the rule removed", None)]
    for change, expr in expression_mutants(rule.expr):
        found.append(Mutant(rule, change, {**rule.body, "expr": expr}))
    if rule.is_alert:
        for key in ("for", "keep_firing_for"):
            # An alert that reads no series never ends, so that keep_firing_for means nothing.
            if key == "for" or readings(rule.expr):
                found.extend(_duration_mutants(rule, key))
        found.extend(_severity_mutants(rule))
    return found


def _duration_mutants(rule: Rule, key: str) -> Iterator[Mutant]:
    present = rule.body.get(key)
    if present is None or milliseconds(present) == 0:
        yield Mutant(rule, f"{key}: {ADDED[key]} added", {**rule.body, key: ADDED[key]})
        return
    for other in scaled_durations(present):
        yield Mutant(rule, f"{key}: {present} -> {other}", {**rule.body, key: other})
    yield Mutant(rule, f"{key} removed", {name: value for name, value in rule.body.items() if name != key})


def _severity_mutants(rule: Rule) -> Iterator[Mutant]:
    for other in SEVERITIES:
        if rule.severity is not None and other != rule.severity:
            body = copy.deepcopy(rule.body)
            body["labels"]["severity"] = other
            yield Mutant(rule, f"severity: {rule.severity} -> {other}", body)

"""Checks that panels change their colour exactly where alerts fire.

    python Tests/Dashboards/thresholds.py [FILES]

Each named threshold of dashboards/source/thresholds.py must be a number in the expression of its alert of that
severity; each step of colours in a dashboard must be one of those numbers, in the severity's colour, or a plain one:
none against some, or the whole of a plan.
"""

from __future__ import annotations

import json
import operator
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import isclose
from pathlib import Path
from typing import Any

import promql_parser as promql
import yaml

from boards import ROOT, Board, name_of, run

SOURCE = ROOT / "dashboards" / "source"
RULES = ROOT / "alerts" / "mailstore.rules.yml"

# How many of its unit a second or a whole is, for panels that show what an alert counts in seconds or as a ratio.
FACTORS = {"percent": 100.0, "ms": 1000.0, "m": 1 / 60, "h": 1 / 3600, "d": 1 / 86400}
PLAIN = (0.0, 1.0)
COLORS = {"critical": "red", "warning": "orange", "info": "blue"}
CALCULATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}

# Prints the thresholds as JSON; run as a program of its own, since modules there have names that exist here too.
PRINT = "import dataclasses, json, thresholds as t; " \
        "print(json.dumps({name: dataclasses.asdict(one) for name, one in t.THRESHOLDS.items()}))"


@dataclass(frozen=True)
class Threshold:
    """A number at which a panel changes its colour, and the alert that fires there."""

    name: str
    alert: str
    severity: str
    value: float


def named(source: Path) -> list[Threshold]:
    """The thresholds that the generator knows."""
    command = [sys.executable, "-B", "-c", PRINT]
    result = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"{source}/thresholds.py: cannot be read:\n{result.stderr}")
    return [Threshold(name, **one) for name, one in json.loads(result.stdout).items()]


def alerts(rules: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """The expressions of all alerts by name and severity."""
    found: dict[tuple[str, str], list[str]] = {}
    for group in rules["groups"]:
        for rule in group["rules"]:
            if "alert" in rule:
                found.setdefault((rule["alert"], rule["labels"]["severity"]), []).append(rule["expr"])
    return found


def constant(node: Any) -> float | None:
    """What an expression of numbers alone comes to; None where it reads anything."""
    if isinstance(node, promql.NumberLiteral):
        return node.val
    if isinstance(node, promql.ParenExpr):
        return constant(node.expr)
    if isinstance(node, promql.UnaryExpr):
        value = constant(node.expr)
        return None if value is None else -value
    if isinstance(node, promql.BinaryExpr) and str(node.op) in CALCULATIONS:
        left, right = constant(node.lhs), constant(node.rhs)
        return None if left is None or right is None else CALCULATIONS[str(node.op)](left, right)
    return None


def numbers(node: Any) -> Iterator[float]:
    """The numbers in an expression, with sums of numbers such as 21 * 86400 as one."""
    value = constant(node)
    if value is not None:
        yield value
    elif isinstance(node, promql.BinaryExpr):
        yield from numbers(node.lhs)
        yield from numbers(node.rhs)
    elif isinstance(node, promql.Call):
        for argument in node.args:
            yield from numbers(argument)
    elif isinstance(node, (promql.AggregateExpr, promql.ParenExpr, promql.UnaryExpr, promql.SubqueryExpr)):
        yield from numbers(node.expr)


def threshold_errors(one: Threshold, known: dict[tuple[str, str], list[str]]) -> Iterator[str]:
    """Whether a threshold is a number of its alert."""
    exprs = known.get((one.alert, one.severity))
    if exprs is None:
        yield f"{one.name}: there is no {one.severity} alert {one.alert}"
        return
    for expr in exprs:
        found = list(numbers(promql.parse(expr)))
        if not any(isclose(one.value, number) for number in found):
            yield f"{one.name}: {one.alert} ({one.severity}) has {found}, not {one.value:g}"


def all_steps(panel: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where colours change by value, with the unit that the values are in."""
    config = panel.get("fieldConfig", {})
    defaults = config.get("defaults", {})
    unit = defaults.get("unit", "")
    if "thresholds" in defaults:
        yield unit, defaults["thresholds"]
    for override in config.get("overrides", []):
        values = {item["id"]: item.get("value") for item in override.get("properties", [])}
        if "thresholds" in values:
            yield values.get("unit", unit), values["thresholds"]


def step_errors(unit: str, config: dict[str, Any], known: list[Threshold]) -> Iterator[str]:
    """Whether each step is an alert's threshold in its severity's colour, or a plain one."""
    factor = FACTORS.get(unit, 1.0)
    if config.get("mode") != "absolute":
        yield "thresholds are not absolute; those of alerts are"
    steps = config.get("steps", [])
    if not steps or steps[0].get("value") is not None:
        yield "thresholds have no colour for the lowest values"
    values = [step.get("value") for step in steps[1:]]
    if None in values or values != sorted(values):
        yield f"the steps {values} do not rise"
        return
    for below, step in zip(steps, steps[1:]):
        if any(isclose(step["value"], plain * factor, abs_tol=1e-9) for plain in PLAIN):
            continue
        meant = [one for one in known if isclose(step["value"], one.value * factor)]
        if not meant:
            yield f"the step at {step['value']:g} is no threshold of dashboards/source/thresholds.py"
        elif not any(COLORS[one.severity] in (below.get("color"), step.get("color")) for one in meant):
            wanted = " or ".join(sorted({COLORS[one.severity] for one in meant}))
            yield f"the step at {step['value']:g} is not {wanted} on either side, as its alert's severity wants"


@cache
def source_thresholds() -> tuple[Threshold, ...]:
    """The thresholds of the generator, read once."""
    return tuple(named(SOURCE))


def check(board: Board) -> list[str]:
    """All errors of a dashboard's colours."""
    known = list(source_thresholds())
    return [f"{path} ({name_of(panel)}): {error}"
            for path, panel in board.panels() for unit, config in all_steps(panel)
            for error in step_errors(unit, config, known)]


def source_errors() -> list[str]:
    """All errors of the thresholds' own list."""
    known = alerts(yaml.safe_load(RULES.read_text(encoding="utf-8")))
    return [error for one in source_thresholds() for error in threshold_errors(one, known)]


if __name__ == "__main__":
    wrong = source_errors()
    for line in wrong:
        print(f"dashboards/source/thresholds.py: {line}", file=sys.stderr)
    sys.exit(run(check, "colours change where alerts fire", "Fix dashboards/source/thresholds.py.") or bool(wrong))

"""PromQL as the checks need it: Grafana's variables replaced, expressions parsed, what is done to each selector."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser as promql

from boards import VARIABLE

# Stand-ins for Grafana's own variables. Odd lengths, so that a window tells afterwards where it came from.
RATE_INTERVAL = 297
INTERVAL = 61
RANGE = 86413
BUILT_IN: dict[str, str] = {
    "__rate_interval": f"{RATE_INTERVAL}s", "__interval": f"{INTERVAL}s", "__range": f"{RANGE}s",
    "__interval_ms": str(INTERVAL * 1000), "__range_s": str(RANGE), "__range_ms": str(RANGE * 1000),
}


def stand_in(name: str) -> str:
    """What a dashboard's variable becomes inside an expression."""
    return f"variable_{name}"


def substituted(expression: str, declared: set[str]) -> str:
    """The expression as Prometheus could get it; a variable that nobody declared is an error."""
    def one(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3]
        if name in BUILT_IN:
            return BUILT_IN[name]
        if name in declared:
            return stand_in(name)
        raise ValueError(f"${name} is no variable of this dashboard")
    return VARIABLE.sub(one, expression)


def parsed(expression: str) -> Any | None:
    """The expression with some value for every variable; None where it does not parse."""
    try:
        return promql.parse(VARIABLE.sub(lambda one: BUILT_IN.get(one[1] or one[2] or one[3], "x"), expression))
    except ValueError:
        return None


@dataclass(frozen=True)
class Use:
    """A selector, and what is done with it."""

    selector: Any
    window: float | None
    """The seconds of its range; None where it is an instant vector."""
    function: str | None
    """The function or aggregator that takes it directly (through parentheses), if any does."""

    @property
    def metric(self) -> str:
        """The name of the metric, or an empty string."""
        named = [one.value for one in self.selector.matchers.matchers if one.name == "__name__"]
        return self.selector.name or "".join(named)

    def matches(self, label: str) -> str | None:
        """How a label is selected, as `=~"value"`; None where it is not."""
        for matcher in self.selector.matchers.matchers:
            if matcher.name == label:
                return str(matcher).removeprefix(label)
        return None


def uses(node: Any, function: str | None = None) -> Iterator[Use]:
    """All selectors of a parsed expression."""
    if isinstance(node, promql.VectorSelector):
        yield Use(node, None, function)
    elif isinstance(node, promql.MatrixSelector):
        yield Use(node.vector_selector, node.range.total_seconds(), function)
    elif isinstance(node, promql.Call):
        for argument in node.args:
            yield from uses(argument, node.func.name)
    elif isinstance(node, promql.AggregateExpr):
        yield from uses(node.expr, str(node.op))
    elif isinstance(node, promql.BinaryExpr):
        yield from uses(node.lhs)
        yield from uses(node.rhs)
    elif isinstance(node, promql.ParenExpr):
        yield from uses(node.expr, function)
    elif isinstance(node, (promql.UnaryExpr, promql.SubqueryExpr)):
        yield from uses(node.expr)


def shown_family(expression: str) -> str:
    """The family whose values an expression shows unchanged; an empty string where it computes something else."""
    node = parsed(expression)
    while node is not None and not isinstance(node, (promql.VectorSelector, promql.MatrixSelector)):
        if isinstance(node, promql.AggregateExpr) and str(node.op) in ("min", "max"):
            node = node.expr
        elif isinstance(node, promql.ParenExpr):
            node = node.expr
        elif isinstance(node, promql.BinaryExpr) and str(node.op) in ("and", "unless", "or"):
            node = node.lhs
        elif isinstance(node, promql.Call) and node.func.name in ("last_over_time", "min_over_time", "max_over_time"):
            node = node.args[0]
        else:
            return ""
    return next(uses(node)).metric if node is not None else ""


def codes(node: Any) -> Iterator[float]:
    """The numbers that stand for states: `(... == 1) * 4` shows 4 where a state is current."""
    if isinstance(node, promql.BinaryExpr):
        left = node.lhs
        while isinstance(left, promql.ParenExpr):
            left = left.expr
        compares = isinstance(left, promql.BinaryExpr) and str(left.op) == "=="
        if str(node.op) == "*" and compares and isinstance(node.rhs, promql.NumberLiteral):
            yield node.rhs.val
        yield from codes(node.lhs)
        yield from codes(node.rhs)
    elif isinstance(node, (promql.AggregateExpr, promql.ParenExpr, promql.SubqueryExpr)):
        yield from codes(node.expr)


def kept_labels(node: Any) -> set[str] | None:
    """The labels that a result can have where the expression itself says so (`by`); None where it does not."""
    if isinstance(node, promql.ParenExpr):
        return kept_labels(node.expr)
    if isinstance(node, (promql.NumberLiteral, promql.StringLiteral)):
        return set()
    if isinstance(node, promql.AggregateExpr):
        operators_that_keep = ("topk", "bottomk", "limitk")
        if str(node.op) in operators_that_keep:
            return kept_labels(node.expr)
        if node.modifier is None:
            return set()
        return set(node.modifier.labels) if node.modifier.type == promql.AggModifierType.By else None
    if isinstance(node, promql.Call) and node.func.name in ("vector", "time", "scalar"):
        return set()
    if isinstance(node, promql.Call) and node.func.name not in ("label_replace", "label_join", "absent"):
        inner = [kept_labels(argument) for argument in node.args]
        return None if None in inner else set().union(*inner)
    if isinstance(node, promql.SubqueryExpr):
        return kept_labels(node.expr)
    if isinstance(node, promql.BinaryExpr):
        left, right = kept_labels(node.lhs), kept_labels(node.rhs)
        return None if left is None or right is None else left | right
    return None

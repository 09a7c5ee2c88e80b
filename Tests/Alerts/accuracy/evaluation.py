"""Evaluates PromQL expressions at every step of a life at once, with the results of Prometheus 2.

Only what the rules use is known; anything else is an error, so that no rule is evaluated wrongly. A value that is NaN in
Prometheus is absent here: the rules compare every ratio, and no comparison is true for NaN.
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache
from typing import Any, Callable, Iterable

import numpy as np
import promql_parser as promql

import windows
from windows import Values

Labels = tuple[tuple[str, str], ...]
Vector = dict[Labels, Values]

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


class EvaluationError(Exception):
    """A rule fails in Prometheus too, or it uses something that is not known here."""


def labels_of(pairs: dict[str, str]) -> Labels:
    """Labels in their order, without empty ones."""
    return tuple(sorted((name, value) for name, value in pairs.items() if value))


@lru_cache(maxsize=100_000)
def without(labels: Labels, names: frozenset[str]) -> Labels:
    """The labels except some."""
    return tuple(pair for pair in labels if pair[0] not in names)


@lru_cache(maxsize=100_000)
def only(labels: Labels, names: frozenset[str]) -> Labels:
    """Some of the labels."""
    return tuple(pair for pair in labels if pair[0] in names)


LOOKBACK_SECONDS = 300
NAME = frozenset({"__name__"})


def nameless(labels: Labels) -> Labels:
    """The labels without the name of the metric."""
    return without(labels, NAME)


@lru_cache(maxsize=1000)
def pattern(text: str) -> re.Pattern[str]:
    """A regular expression as PromQL anchors it."""
    return re.compile(f"^(?:{text})$")


def fits(matcher: Any, value: str) -> bool:
    """Whether a label's value (empty if it is absent) fits a matcher."""
    kind = str(matcher.op).rsplit(".", maxsplit=1)[-1]
    if kind in ("Equal", "NotEqual"):
        return (matcher.value == value) == (kind == "Equal")
    return (pattern(matcher.value).match(value) is not None) == (kind == "Re")


def merge(into: Vector, labels: Labels, values: Values, place: str) -> None:
    """Adds a series; it is an error if another one with the same labels has a value at the same time."""
    known = into.get(labels)
    if known is None:
        into[labels] = values
        return
    here = ~np.isnan(values)
    if (here & ~np.isnan(known)).any():
        raise EvaluationError(f"two series with the labels {dict(labels)} in {place}")
    into[labels] = np.where(here, values, known)


class Evaluator:
    """Series by the name of their metric, and what expressions over them are at `size` steps of `step` seconds."""

    def __init__(self, start: float, step: int, size: int) -> None:
        self.start, self.step, self.size = start, step, size
        self.times = start + step * np.arange(size, dtype=float)
        # Samples, for ranges; and what a selector without a range finds, after markers of staleness and for 5 minutes.
        self.samples: dict[str, Vector] = {}
        self.instants: dict[str, Vector] = {}
        self.cache: dict[str, Vector | Values | float] = {}
        self.volatile: str | None = None

    def add(self, name: str, labels: Labels, samples: Values, instant: Values | None = None) -> None:
        """Adds a series. Without `instant` every step without a sample is stale."""
        known = (("__name__", name), *nameless(labels))
        self.samples.setdefault(name, {})[known] = samples
        self.instants.setdefault(name, {})[known] = samples if instant is None else instant
        if name != self.volatile:
            self.cache.clear()

    def replace(self, name: str, vector: Vector) -> None:
        """Sets all series of a metric, which has a sample or a marker at each step."""
        self.samples[name] = {(("__name__", name), *nameless(labels)): values for labels, values in vector.items()}
        self.instants[name] = self.samples[name]

    def evaluate(self, node: Any) -> Vector | Values | float:
        """A vector, or a scalar as array or number."""
        text = str(node.prettify()) if not isinstance(node, promql.NumberLiteral) else ""
        keep = bool(text) and not (self.volatile and self.volatile in text)
        if keep and text in self.cache:
            return self.cache[text]
        result = self._evaluate(node)
        if keep:
            self.cache[text] = result
        return result

    def vector(self, node: Any) -> Vector:
        """The value of an expression that must be a vector."""
        result = self.evaluate(node)
        if not isinstance(result, dict):
            raise EvaluationError(f"no vector: {node.prettify()}")
        return result

    def _evaluate(self, node: Any) -> Vector | Values | float:
        match node:
            case promql.NumberLiteral():
                return float(node.val)
            case promql.ParenExpr():
                return self.evaluate(node.expr)
            case promql.VectorSelector():
                return self._selected(node, self.instants)
            case promql.Call():
                return self._call(node)
            case promql.AggregateExpr():
                return self._aggregate(node)
            case promql.BinaryExpr():
                return self._binary(node)
        raise EvaluationError(f"{type(node).__name__} is not known: {node.prettify()}")

    def _reach(self, offset: Any, seconds: float) -> tuple[int, int]:
        """How many steps ago the newest sample of a range is, and how many steps the range is wide; -1 if it has none."""
        ago = offset.total_seconds() if offset else 0
        moved = -int(-ago // self.step)
        return moved, int(ago + seconds) // self.step - moved

    def _selected(self, node: Any, where: dict[str, Vector]) -> Vector:
        matchers = node.matchers.matchers
        names = [node.name] if node.name else [name for name in where if self._named(name, matchers)]
        moved, width = self._reach(node.offset, LOOKBACK_SECONDS)
        if width < 0 and where is self.instants:
            return {}
        found: Vector = {}
        for name in names:
            for labels, values in where.get(name, {}).items():
                pairs = dict(labels)
                if all(fits(one, pairs.get(one.name, "")) for one in matchers):
                    found[labels] = windows.shift(values, moved)
        return found

    @staticmethod
    def _named(name: str, matchers: Iterable[Any]) -> bool:
        return all(fits(one, name) for one in matchers if one.name == "__name__")

    def _call(self, node: Any) -> Vector | Values | float:
        name, arguments = node.func.name, node.args
        if name == "time":
            return self.times
        if name == "vector":
            return {(): np.broadcast_to(np.asarray(self.evaluate(arguments[0]), dtype=float), self.size)}
        if name == "abs":
            return self._renamed(self.vector(arguments[0]), np.abs, node)
        if name == "absent":
            return self._absent(arguments[0])
        if name == "label_replace":
            return self._label_replace(node)
        if name == "quantile_over_time":
            share = float(self.evaluate(arguments[0]))
            return self._over(arguments[1], lambda one, width: windows.quantile(share, one, width), node, keep=False)
        if name in windows.FUNCTIONS:
            return self._over(arguments[0], windows.FUNCTIONS[name], node, keep=name == "last_over_time")
        raise EvaluationError(f"the function {name} is not known")

    def _over(self, node: Any, function: Callable[[Values, int], Values], whole: Any, keep: bool) -> Vector:
        if isinstance(node, promql.SubqueryExpr):
            if node.step or node.offset:
                raise EvaluationError(f"a subquery with a step or an offset is not known: {node.prettify()}")
            inner, width = self.vector(node.expr), self._reach(None, node.range.total_seconds())[1]
        else:
            inner = self._selected(node.vector_selector, self.samples)
            width = self._reach(node.vector_selector.offset, node.range.total_seconds())[1]
            if width < 0:
                return {}
            if node.vector_selector.name == self.volatile:
                # The rule's value at this step is not known yet.
                inner, width = {labels: windows.shift(values, 1) for labels, values in inner.items()}, width - 1
        results: Vector = {}
        for labels, values in inner.items():
            merge(results, labels if keep else nameless(labels), function(values, width), str(whole.prettify()))
        return results

    def _renamed(self, vector: Vector, function: Callable[[Values], Values], node: Any) -> Vector:
        result: Vector = {}
        for labels, values in vector.items():
            merge(result, nameless(labels), function(values), str(node.prettify()))
        return result

    def _absent(self, node: Any) -> Vector:
        missing = np.ones(self.size, dtype=bool)
        for values in self.vector(node).values():
            missing &= np.isnan(values)
        equal = {one.name: one.value for one in node.matchers.matchers if str(one.op).endswith(".Equal")}
        return {labels_of(equal): np.where(missing, 1.0, np.nan)}

    def _label_replace(self, node: Any) -> Vector:
        target, replacement, source, regex = (argument.val for argument in node.args[1:])
        result: Vector = {}
        for labels, values in self.vector(node.args[0]).items():
            pairs = dict(labels)
            if found := pattern(regex).match(pairs.get(source, "")):
                pairs[target] = re.sub(r"\$(\d)", lambda one: found.group(int(one.group(1))), replacement)
            merge(result, labels_of(pairs), values, str(node.prettify()))
        return result

    def _aggregate(self, node: Any) -> Vector:
        modifier = node.modifier
        if modifier is not None and str(modifier.type).rsplit(".", maxsplit=1)[-1] != "By":
            raise EvaluationError(f"only by (...) is known: {node.prettify()}")
        names = frozenset(modifier.labels) if modifier is not None else frozenset()
        groups: dict[Labels, list[Values]] = {}
        for labels, values in self.vector(node.expr).items():
            groups.setdefault(only(labels, names), []).append(values)
        return {labels: self._reduced(str(node.op), members) for labels, members in groups.items()}

    @staticmethod
    def _reduced(how: str, members: list[Values]) -> Values:
        if how in ("max", "min"):
            choose = np.fmax if how == "max" else np.fmin
            result = members[0]
            for one in members[1:]:
                result = choose(result, one)
            return result
        number = sum((~np.isnan(one)).astype(float) for one in members)
        present = number > 0
        if how == "group":
            return np.where(present, 1.0, np.nan)
        if how == "count":
            return np.where(present, number, np.nan)
        if how == "sum":
            return np.where(present, sum(np.nan_to_num(one) for one in members), np.nan)
        raise EvaluationError(f"the aggregation {how} is not known")

    def _binary(self, node: Any) -> Vector | Values | float:
        sign = str(node.op)
        left, right = self.evaluate(node.lhs), self.evaluate(node.rhs)
        returns_bool = bool(node.modifier and node.modifier.return_bool)
        if isinstance(left, dict) and isinstance(right, dict):
            if sign in ("and", "or", "unless"):
                return set_operation(sign, left, right, signature(node.modifier))
            return matched(node, sign, left, right, returns_bool)
        if not isinstance(left, dict) and not isinstance(right, dict):
            return ARITHMETIC[sign](left, right)
        result: Vector = {}
        for labels, values in (left if isinstance(left, dict) else right).items():
            pair = (values, right) if isinstance(left, dict) else (left, values)
            keeps_name = sign in COMPARISONS and not returns_bool
            computed = combined(sign, *pair, kept=values, returns_bool=returns_bool)
            merge(result, labels if keeps_name else nameless(labels), computed, str(node.prettify()))
        return result


def combined(sign: str, left: Any, right: Any, kept: Values, returns_bool: bool) -> Values:
    """An arithmetic operation; or `kept` where a comparison is true; or 0 and 1."""
    if sign in ARITHMETIC:
        with np.errstate(invalid="ignore", divide="ignore"):
            return ARITHMETIC[sign](left, right)
    true = COMPARISONS[sign](left, right)
    if returns_bool:
        return np.where(np.isnan(left) | np.isnan(right), np.nan, true.astype(float))
    if sign == "!=":
        true &= ~(np.isnan(left) | np.isnan(right))
    return np.where(true, kept, np.nan)


def signature(modifier: Any) -> Callable[[Labels], Labels]:
    """What must be equal in two series for them to match."""
    matching = modifier.matching if modifier is not None else None
    if matching is None:
        return nameless
    names = frozenset(matching.labels)
    if str(matching.type).endswith(".Include"):
        return lambda labels: only(labels, names)
    return lambda labels: without(labels, names | NAME)


def set_operation(sign: str, left: Vector, right: Vector, sign_of: Callable[[Labels], Labels]) -> Vector:
    """and, or, unless."""
    other = left if sign == "or" else right
    present: dict[Labels, Any] = {}
    for labels, values in other.items():
        key, here = sign_of(labels), ~np.isnan(values)
        present[key] = present[key] | here if key in present else here
    result: Vector = dict(left) if sign == "or" else {}
    for labels, values in (right if sign == "or" else left).items():
        blocked = present.get(sign_of(labels))
        if sign == "and":
            if blocked is not None:
                result[labels] = np.where(blocked, values, np.nan)
        elif blocked is None:
            merge(result, labels, values, sign)
        else:
            merge(result, labels, np.where(blocked, np.nan, values), sign)
    return result


def matched(node: Any, sign: str, left: Vector, right: Vector, returns_bool: bool) -> Vector:
    """Arithmetic and comparisons of two vectors."""
    modifier = node.modifier
    card = str(modifier.card).rsplit(".", maxsplit=1)[-1] if modifier is not None else "OneToOne"
    sign_of = signature(modifier)
    place = str(node.prettify())
    swapped = card == "OneToMany"
    many, one = (right, left) if swapped else (left, right)
    partners: dict[Labels, list[tuple[Labels, Values]]] = {}
    for labels, values in one.items():
        partners.setdefault(sign_of(labels), []).append((labels, values))
    for key, found in partners.items():
        if len(found) > 1 and (sum((~np.isnan(values)).astype(int) for _, values in found) > 1).any():
            raise EvaluationError(f"duplicate series on one side, {dict(key)}, in {place}")
    extra = (modifier.group_labels or []) if modifier is not None and card != "OneToOne" else []
    keeps_name = sign in COMPARISONS and not returns_bool
    result: Vector = {}
    for labels, values in many.items():
        key = sign_of(labels)
        for other_labels, other in partners.get(key, []):
            pair = (other, values) if swapped else (values, other)
            computed = combined(sign, *pair, kept=pair[0], returns_bool=returns_bool)
            shown = labels if keeps_name else nameless(labels)
            if card == "OneToOne":
                shown = key if modifier is not None and modifier.matching is not None else shown
            elif extra:
                copied = dict(other_labels)
                shown = labels_of({**dict(shown), **{name: copied.get(name, "") for name in extra}})
            merge(result, shown, computed, place)
    return result

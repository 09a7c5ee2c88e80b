"""Follows labels through a PromQL expression: which can come out of it, and which it names in vain."""

from __future__ import annotations

import re
from typing import Iterable

import promql_parser as promql

from contract_catalogue import Catalogue

Labels = frozenset[str]
NO_LABELS: Labels = frozenset()
#: Series that keep their labels although they are aggregated.
SELECTING = ("topk", "bottomk", "limitk", "limit_ratio")
SET_OPERATORS = ("and", "unless", "or")


class LabelFlow:
    """Walks one expression; `faults` has what it names although nothing can have it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.faults: list[str] = []
        self._unknown: list[str] = []

    def result(self, expression: str) -> Labels:
        """The labels that the result of an expression may have."""
        try:
            labels = self._walk(promql.parse(expression))
        except ValueError as error:
            self.faults.append(f"PromQL that does not parse: {error}: {expression.strip()}")
            return NO_LABELS
        if self._unknown:
            # Labels of what is not known cannot be judged: faults that follow from it would hide it.
            self.faults = self._unknown
        return labels

    def _walk(self, node: object) -> Labels:
        match node:
            case promql.VectorSelector():
                return self._selector(node)
            case promql.MatrixSelector():
                return self._selector(node.vector_selector)
            case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
                return self._walk(node.expr)
            case promql.AggregateExpr():
                return self._aggregate(node)
            case promql.BinaryExpr():
                return self._binary(node)
            case promql.Call():
                return self._call(node)
            case promql.NumberLiteral() | promql.StringLiteral():
                return NO_LABELS
        raise TypeError(f"an expression of the kind {type(node).__name__} is not known here")

    # Selectors

    def _selector(self, node: promql.VectorSelector) -> Labels:
        matchers = list(node.matchers.matchers)
        for alternative in node.matchers.or_matchers:
            matchers += alternative
        names = [m for m in matchers if m.name == "__name__"]
        title, labels = self._named(node.name, names)
        if labels is None:
            return NO_LABELS
        self._require((m.name for m in matchers if m.name != "__name__"), labels, f"selected on {title}")
        return labels

    def _named(self, name: str | None, matchers: list[promql.Matcher]) -> tuple[str, Labels | None]:
        if name is not None:
            return name, self._labels_of(name)
        if not matchers:
            self._unknown.append("a selector names no metric")
            return "", None
        matcher = matchers[0]
        if matcher.op == promql.MatchOp.Equal:
            return matcher.value, self._labels_of(matcher.value)
        if matcher.op == promql.MatchOp.Re:
            return matcher.value, self._labels_of_pattern(matcher.value)
        self._unknown.append(f"a selector that excludes names selects everything else: {matcher}")
        return matcher.value, None

    def _labels_of(self, name: str) -> Labels | None:
        labels = self.catalogue.samples.get(name)
        if labels is None:
            hint = self.catalogue.hints.get(name)
            self._unknown.append(f"unknown metric {name}" + (f": {hint}" if hint else ""))
        return labels

    def _labels_of_pattern(self, pattern: str) -> Labels | None:
        if re.fullmatch(r"\w+(\|\w+)*", pattern):
            found = [self._labels_of(name) for name in pattern.split("|")]
        else:
            found = [labels for name, labels in self.catalogue.samples.items() if re.fullmatch(pattern, name)]
            if not found:
                self._unknown.append(f"no metric fits {pattern}")
        known = [labels for labels in found if labels is not None]
        return frozenset().union(*known) if known else None

    # Operators and functions

    def _aggregate(self, node: promql.AggregateExpr) -> Labels:
        labels = self._walk(node.expr)
        operator = str(node.op)
        if node.param is not None and operator != "count_values":
            self._walk(node.param)
        modifier = node.modifier
        if modifier is None:
            kept = labels if operator in SELECTING else NO_LABELS
        else:
            named = frozenset(modifier.labels)
            is_by = modifier.type == promql.AggModifierType.By
            # An aggregation by `instance_id` serves servers that have none as well.
            self._require(named - {"instance_id"}, labels, f"{'by' if is_by else 'without'}, in {operator}")
            kept = named & labels if is_by else labels - named
            if operator in SELECTING:
                kept = labels
        return kept | {node.param.val} if operator == "count_values" else kept

    def _binary(self, node: promql.BinaryExpr) -> Labels:
        left, right = self._walk(node.lhs), self._walk(node.rhs)
        left_is_scalar, right_is_scalar = _is_scalar(node.lhs), _is_scalar(node.rhs)
        if left_is_scalar or right_is_scalar:
            return right if left_is_scalar else left
        modifier = node.modifier
        matching = modifier.matching if modifier is not None else None
        is_on = matching is not None and matching.type == promql.LabelModifierType.Include
        named = frozenset(matching.labels) if matching is not None else NO_LABELS
        if is_on:
            self._join(named, left, right, str(node.op))
        else:
            self._require(named, left | right, "ignoring")
        operator = str(node.op)
        if not is_on and operator != "or" and left - named != right - named:
            apart = ", ".join(sorted((left ^ right) - named))
            self.faults.append(f"the sides of {operator} never match without on (...): only one has {apart}")
        if operator in SET_OPERATORS:
            return left | right if operator == "or" else left
        card = modifier.card if modifier is not None else promql.VectorMatchCardinality.OneToOne
        carried = frozenset(modifier.group_labels or ()) if modifier is not None else NO_LABELS
        if card == promql.VectorMatchCardinality.ManyToOne:
            self._require(carried, right, "group_left")
            return left | carried
        if card == promql.VectorMatchCardinality.OneToMany:
            self._require(carried, left, "group_right")
            return right | carried
        return named & (left | right) if is_on else (left & right) - named

    def _join(self, named: Labels, left: Labels, right: Labels, operator: str) -> None:
        """A label that only one side has makes a join find nothing; one that neither has is a mistake.

        But for `instance_id`, which both sides may lack: labels absent on both sides match.
        """
        for label in sorted(named):
            if label == "instance_id" and label not in left | right:
                continue
            if label not in left or label not in right:
                side = "either" if label not in left | right else "the left" if label not in left else "the right"
                self.faults.append(f"label {label} of on (...) of {operator} does not exist on {side} side")

    def _call(self, node: promql.Call) -> Labels:
        function = node.func.name
        arguments = [self._walk(argument) for argument in node.args]
        labels = frozenset().union(*arguments) if arguments else NO_LABELS
        texts = [a.val for a in node.args if isinstance(a, promql.StringLiteral)]
        match function:
            case "scalar" | "vector" | "time":
                return NO_LABELS
            case "absent" | "absent_over_time":
                return _equalities(node.args[0]) & labels
            case "label_replace":
                self._require([texts[2]], labels, "label_replace")
                return labels | {texts[0]}
            case "label_join":
                self._require(texts[2:], labels, "label_join")
                return labels | {texts[0]}
            case "sort_by_label" | "sort_by_label_desc":
                self._require(texts, labels, function)
        return labels

    def _require(self, named: Iterable[str], labels: Labels, place: str) -> None:
        for label in sorted(set(named) - labels):
            self.faults.append(f"unknown label {label} ({place})")


def _is_scalar(node: object) -> bool:
    match node:
        case promql.NumberLiteral():
            return True
        case promql.ParenExpr() | promql.UnaryExpr():
            return _is_scalar(node.expr)
        case promql.BinaryExpr():
            return _is_scalar(node.lhs) and _is_scalar(node.rhs)
        case promql.Call():
            return node.func.name in ("time", "scalar", "pi")
    return False


def _equalities(node: object) -> Labels:
    selector = node.vector_selector if isinstance(node, promql.MatrixSelector) else node
    if not isinstance(selector, promql.VectorSelector):
        return NO_LABELS
    return frozenset(m.name for m in selector.matchers.matchers if m.op == promql.MatchOp.Equal)

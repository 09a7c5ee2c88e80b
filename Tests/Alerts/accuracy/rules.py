"""Runs rules over a life: recording rules that may read themselves, and alerts with `for` and `keep_firing_for`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import promql_parser as promql

from durations import milliseconds
from evaluation import EvaluationError, Evaluator, Labels, Vector, labels_of, merge, nameless
from rulefiles import Rule, readings
from windows import Values, latest

MOST_ROUNDS = 20_000


@dataclass(frozen=True)
class Firing:
    """An alert that fired from one step to another, which is not included."""

    labels: Labels
    first: int
    end: int

    def label(self, name: str) -> str:
        """A label's value; empty if it is absent."""
        return dict(self.labels).get(name, "")


def run(rules: list[Rule], evaluator: Evaluator) -> list[Firing]:
    """Evaluates all rules in their order, adds what they record and ALERTS to the series, and returns what fired."""
    firings: list[Firing] = []
    for rule in rules:
        node = promql.parse(rule.expr)
        metrics = {reading.metric for reading in readings(rule.expr)}
        try:
            if rule.is_alert:
                firings.extend(_alerts(rule, evaluator.vector(node), evaluator))
            else:
                result = _fixed_point(rule, node, evaluator) if rule.name in metrics else evaluator.vector(node)
                for labels, values in _unnamed(result).items():
                    evaluator.add(rule.name, labels, values)
        except EvaluationError as error:
            raise EvaluationError(f"{rule}: {error}") from error
    return firings


def _alerts(rule: Rule, vector: Vector, evaluator: Evaluator) -> list[Firing]:
    hold = milliseconds(rule.body.get("for", "0")) / 1000
    keep = milliseconds(rule.body.get("keep_firing_for", "0")) / 1000
    own = {**(rule.body.get("labels") or {}), "alertname": rule.name}
    together: dict[Labels, Any] = {}
    for labels, values in vector.items():
        shown = labels_of({**dict(nameless(labels)), **own})
        here = ~np.isnan(values)
        if shown in together and (together[shown] & here).any():
            raise EvaluationError(f"two alerts with the labels {dict(shown)}")
        together[shown] = together[shown] | here if shown in together else here
    firings = []
    for labels, here in together.items():
        pending, firing = _states(here, hold, keep, evaluator)
        for state, spans in (("pending", pending), ("firing", firing)):
            if spans:
                values = np.full(evaluator.size, np.nan)
                for first, end in spans:
                    values[first:end] = 1
                evaluator.add("ALERTS", labels_of({**dict(labels), "alertstate": state}), values)
        firings.extend(Firing(labels, first, end) for first, end in firing)
    return firings


def spans(here: Any) -> list[tuple[int, int]]:
    """The spans in which a condition holds: first step, and the step after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], here, [False])).astype(np.int8)))
    return [(int(first), int(end)) for first, end in zip(edges[::2], edges[1::2])]


def _states(here: Any, hold: float, keep: float, evaluator: Evaluator) -> tuple[list[Any], list[Any]]:
    """The spans in which an alert is pending, and in which it fires."""
    wait, stay = -int(-hold // evaluator.step), -int(-keep // evaluator.step)
    pending: list[tuple[int, int]] = []
    firing: list[tuple[int, int]] = []
    for first, end in spans(here):
        # It is kept for `stay` steps from the first one without the condition.
        if firing and first <= firing[-1][1] and stay:
            firing[-1] = (firing[-1][0], min(end + stay, evaluator.size))
            continue
        if wait:
            pending.append((first, min(end, first + wait)))
        if end - first > wait:
            firing.append((first + wait, min(end + stay, evaluator.size)))
    return pending, firing


def _fixed_point(rule: Rule, node: Any, evaluator: Evaluator) -> Vector:
    """The value of a rule that reads its own earlier values.

    Each value depends on earlier ones only, so there is one solution: whatever reproduces itself. A guess that is right up to
    a step is right for one step more after an evaluation; good guesses for the rest save rounds.
    """
    evaluator.volatile = rule.name
    evaluator.replace(rule.name, {})
    base = _unnamed(evaluator.vector(node))
    guess: Vector = {labels: _filled(values, 0, np.nan) for labels, values in base.items()}
    absent = np.full(evaluator.size, np.nan)
    reached: dict[Labels, int] = {}
    holds: dict[Labels, bool] = {}
    for _ in range(MOST_ROUNDS):
        evaluator.replace(rule.name, guess)
        result = _unnamed(evaluator.vector(node))
        different = False
        for labels in result.keys() | guess.keys():
            new, old = result.get(labels, absent), guess.get(labels, absent)
            wrong = np.flatnonzero(~((new == old) | (np.isnan(new) & np.isnan(old))))
            if not len(wrong):
                continue
            different, at = True, int(wrong[0])
            if at - reached.get(labels, -10) <= 2:
                holds[labels] = not holds.get(labels, False)
            reached[labels] = at
            better = new.copy()
            if holds.get(labels):
                better[at + 1 :] = new[at]
            else:
                better[at + 1 :] = _filled(base.get(labels, absent), at + 1, new[at])
            guess[labels] = better
        if not different:
            evaluator.volatile = None
            return result
    raise EvaluationError(f"no solution after {MOST_ROUNDS} rounds")


def _unnamed(vector: Vector) -> Vector:
    """The series without the names of metrics."""
    result: Vector = {}
    for labels, values in vector.items():
        merge(result, nameless(labels), values, "the result")
    return result


def _filled(values: Values, first: int, before: float) -> Values:
    """The values from a step on; each gap has the value before it."""
    rest = values[first:]
    at = latest(~np.isnan(rest))
    return np.where(at >= 0, rest[np.maximum(at, 0)], before)

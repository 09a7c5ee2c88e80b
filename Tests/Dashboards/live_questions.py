"""Everything that a dashboard asks Prometheus: its panels' targets, its variables, its annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser

import promql
from boards import Board, annotation_expression, has_data
from live_variables import View, built_in, everything, substituted

LABEL_VALUES = re.compile(r"label_values\(\s*(.+?)\s*,\s*(\w+)\s*\)", re.DOTALL)
QUERY_RESULT = re.compile(r"query_result\(\s*(.+)\s*\)", re.DOTALL)
POINTS = 800
"""About as many points as a panel is pixels wide."""


@dataclass(frozen=True)
class Question:
    """One query as it goes to Prometheus."""

    dashboard: str
    asker: str
    """The panel's title, or `variable NAME`, `annotation NAME`."""
    name: str
    """The query's letter in its panel."""
    expression: str
    instant: bool
    step: float
    view: View

    def metrics(self) -> set[str]:
        """The names of the metrics that it reads."""
        return {use.metric for use in promql.uses(promql_parser.parse(self.expression))}


def panel_view(panel: dict[str, Any], target: dict[str, Any], view: View) -> tuple[float, dict[str, str]]:
    """The step of a panel's query, and Grafana's own variables in it."""
    least = target.get("interval") or panel.get("interval")
    step = view.interval(panel.get("maxDataPoints") or POINTS, least)
    return step, built_in(view, step, least)


def questions(board: Board, view: View) -> Iterator[Question]:
    """All queries of a dashboard over a time range, everything chosen in every variable."""
    chosen, uid = everything(board), board.data["uid"]
    for _, panel in board.panels():
        for target in panel.get("targets", []) if has_data(panel) else []:
            step, own = panel_view(panel, target, view)
            expression = substituted(target["expr"], {**chosen, **own})
            instant = bool(target.get("instant")) and not target.get("range")
            yield Question(uid, panel["title"], target["refId"], expression, instant, step, view)
    step = view.interval(POINTS, None)
    own = built_in(view, step)
    for annotation in board.annotations():
        expression = annotation_expression(annotation)
        if expression:
            yield Question(uid, f"annotation {annotation['name']}", "A",
                           substituted(expression, {**chosen, **own}), False, step, view)
    for variable in board.variables():
        if variable["type"] == "query":
            expression = substituted(variable_expression(variable), {**chosen, **own})
            yield Question(uid, f"variable {variable['name']}", "A", expression, False, step, view)


def variable_expression(variable: dict[str, Any]) -> str:
    """The query behind a variable: values of a label are asked for as what they are counted by."""
    query = variable["query"]["query"] if isinstance(variable["query"], dict) else variable["query"]
    if found := LABEL_VALUES.fullmatch(query):
        return f"count by ({found[2]}) ({with_label(found[1], found[2])})"
    if found := QUERY_RESULT.fullmatch(query):
        return found[1]
    raise ValueError(f"{query!r}: a query of a variable that is not known here")


def with_label(selector: str, label: str) -> str:
    """The selector, restricted to series that have the label."""
    if selector.endswith("}"):
        return f'{selector[:-1]}, {label}!=""}}'
    return f'{selector}{{{label}!=""}}'

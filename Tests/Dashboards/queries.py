"""Checks every query of the dashboards: panels, variables and annotations.

    python Tests/Dashboards/queries.py [FILES]

A query must parse; must select by the dashboard's variables, so that a choice at the top holds everywhere; must take
counters by what they grow and never as they stand (but where the panel says since when they count); and must look over
a window that fits the graph, or over a fixed one that the panel speaks of: of an hour or more in a graph, any in a
figure. Whether metrics and labels exist is the catalogue's matter, not this check's.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser

from boards import Board, annotation_expression, has_data, name_of, run
from promql import INTERVAL, RANGE, RATE_INTERVAL, Use, kept_labels, stand_in, substituted, uses

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# Families without a server: they are the exporter's own, or Prometheus's about it.
OF_EXPORTER = ("up", "scrape_", "process_", "mailstore_exporter_")
# Families whose series may belong to an instance of an SPE server.
OF_INSTANCE = ("mailstore_instance_", "mailstore_store_", "mailstore_stores", "mailstore_job_", "mailstore_profile_",
               "mailstore_verification_", "mailstore_users")
# Alerts are about any of these. One that names no instance_id must not be hidden by the choice of one.
OF_ALERTS = ("ALERTS", "ALERTS_FOR_STATE")

GROWTH = ("rate", "irate", "increase", "resets")
GAUGE_ONLY = ("delta", "idelta", "deriv", "predict_linear")
WINDOWED = ("rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear")
# What asks whether or how many, and does not look at the value, may take a counter.
BLIND_TO_VALUE = ("count", "group", "absent", "absent_over_time", "present_over_time", "count_over_time", "changes")

LABEL_VALUES = re.compile(r"^label_values\((?:(?P<selector>.*),)?\s*(?P<label>\w+)\s*\)$", re.DOTALL)
QUERY_RESULT = re.compile(r"^query_result\((?P<expression>.*)\)$", re.DOTALL)
SINCE_START = re.compile(r"\bsince (the|its|an|each) (exporter's )?start\b", re.IGNORECASE)
LEGEND_LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True)
class Query:
    """An expression, where it stands, and what is said around it."""

    path: str
    expression: str
    variables: tuple[str, ...]
    """The variables that it can use, in their order."""
    text: str = ""
    legend: str = ""
    instant: bool = False
    """Whether it is asked for the end of the time range only."""


def panel_text(panel: dict[str, Any]) -> str:
    """All words of a panel that a reader sees without opening its query."""
    words = [panel.get("title", ""), panel.get("description", "")]
    words += [target.get("legendFormat", "") for target in panel.get("targets", [])]
    for step in panel.get("transformations", []):
        words += step.get("options", {}).get("renameByName", {}).values()
    return " ".join(words)


def queries(board: Board) -> Iterator[Query]:
    """All queries of a dashboard."""
    names = tuple(variable["name"] for variable in board.variables())
    for index, variable in enumerate(board.variables()):
        if variable["type"] != "query":
            continue
        text = variable["query"]["query"] if isinstance(variable["query"], dict) else variable["query"]
        found = LABEL_VALUES.match(text) or QUERY_RESULT.match(text)
        path = f"templating.list[{index}] ({variable['name']})"
        yield Query(path, found[1] if found and found[1] else text, names[:index])
    for index, annotation in enumerate(board.annotations()):
        expression = annotation_expression(annotation)
        if expression:
            yield Query(f"annotations.list[{index}] ({annotation['name']})", expression, names, annotation["name"])
    for path, panel in board.panels():
        for index, target in enumerate(panel.get("targets", [])):
            yield Query(f"{path}.targets[{index}] ({name_of(panel)})", target["expr"], names, panel_text(panel),
                        target.get("legendFormat", ""), target.get("instant") is True)


def begins(metric: str, families: tuple[str, ...]) -> bool:
    """Whether a metric is one of the families, or of those that begin so (a trailing underscore)."""
    return any(metric == one or one.endswith("_") and metric.startswith(one) for one in families)


def is_counter(metric: str) -> bool:
    """Counters end in _total; a summary's _sum and _count are counters too."""
    return metric.endswith(("_total", "_duration_seconds_sum", "_duration_seconds_count"))


def scope_errors(use: Use, variables: tuple[str, ...]) -> Iterator[str]:
    """Labels that are not selected by their variable, or are though the family never has them."""
    wanted = ["job", "instance"]
    if not begins(use.metric, OF_EXPORTER):
        wanted.append("target")
    if begins(use.metric, OF_INSTANCE):
        wanted.append("instance_id")
    for label in ("job", "instance", "target", "instance_id"):
        if label in wanted and label in variables and use.matches(label) != f'=~"{stand_in(label)}"':
            yield f'{use.metric} needs {label}=~"${label}"'
        if label not in wanted and use.matches(label) is not None and use.metric not in OF_ALERTS:
            yield f"{use.metric} has no label {label}; a choice of ${label} would empty the panel"


def said(window: float, text: str) -> bool:
    """Whether a text speaks of a window, such as 24 h or a day."""
    number = {HOUR: "1|an?|each|per|every|one", DAY: "24"}.get(int(window), f"{window / HOUR:g}")
    patterns = [rf"\b({number}) ?(h|hours?)\b"]
    if window < HOUR:
        patterns = [rf"\b{window / MINUTE:g} ?min(utes?)?\b"]
    if window % DAY == 0:
        days = "1|a|each|per|every|one" if window == DAY else f"{window / DAY:g}"
        patterns.append(rf"\b({days}) ?(d|days?)\b")
    if window == 7 * DAY:
        patterns.append(r"\b(a|1|one|each|per|every) week\b")
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def window_errors(use: Use, query: Query) -> Iterator[str]:
    """Windows that leave gaps or blur the graph, and fixed ones that nobody mentions."""
    if use.function not in WINDOWED or use.window in (None, RATE_INTERVAL, RANGE):
        return
    if use.window == INTERVAL:
        yield f"{use.function} over $__interval loses what falls between two scrapes; use $__rate_interval"
    elif use.window < HOUR and not query.instant:
        yield f"{use.function} over {use.window:g} s does not fit every time range; use $__rate_interval"
    elif not said(use.window, query.text):
        yield f"{use.function} looks back over {use.window / HOUR:g} h, which neither title nor description says"


def counter_errors(use: Use, text: str) -> Iterator[str]:
    """Gauges that are taken for counters and the other way round."""
    if is_counter(use.metric):
        if use.function in GAUGE_ONLY:
            yield f"{use.function}({use.metric}): a counter falls back to 0; use rate or increase"
        elif use.function not in GROWTH + BLIND_TO_VALUE and not SINCE_START.search(text):
            yield f"{use.metric} is a counter: show its rate or increase, or say since when it counts"
    elif use.function in GROWTH:
        yield f"{use.function}({use.metric}): not a counter; use delta, deriv or its value"


def query_errors(query: Query) -> Iterator[str]:
    """All errors of one query."""
    if query.expression.startswith(("label_values(", "query_result(", "label_names(", "metrics(")):
        yield f"{query.expression}: not a query of a variable that this check knows"
        return
    try:
        parsed = promql_parser.parse(substituted(query.expression, set(query.variables)))
    except ValueError as error:
        yield f"{error} in: {query.expression}"
        return
    found = list(uses(parsed))
    if not found:
        yield f"reads no metric: {query.expression}"
    for use in found:
        if not use.metric:
            yield f"a selector names no metric: {use.selector}"
        if use.selector.matchers.or_matchers:
            yield f"{use.metric}: `or` inside a selector needs a newer Prometheus"
        yield from scope_errors(use, query.variables)
        yield from window_errors(use, query)
        yield from counter_errors(use, query.text)
    labels = kept_labels(parsed)
    for label in LEGEND_LABEL.findall(query.legend):
        if labels is not None and label not in labels:
            rest = ", ".join(sorted(labels)) or "no labels"
            yield f"the legend shows {{{{{label}}}}}, but the result has only {rest}"


def check(board: Board) -> list[str]:
    """All errors of a dashboard's queries, each once."""
    errors = []
    for path, panel in board.panels():
        if has_data(panel) and not panel.get("targets"):
            errors.append(f"{path} ({name_of(panel)}): no query")
    for query in queries(board):
        errors += dict.fromkeys(f"{query.path}: {error}" for error in query_errors(query))
    return errors


if __name__ == "__main__":
    sys.exit(run(check, "every query parses and selects by the variables", "Fix them in dashboards/source."))

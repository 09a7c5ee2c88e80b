"""Checks the dashboards against the checklist that all of them keep.

    python Tests/Dashboards/lint.py [FILES]
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from boards import Board, annotation_expression, has_data, name_of, run
from panel_lint import DATASOURCE, panel_errors
from promql import kept_labels, parsed
from subjects import missing

TAG = "mailstore"
COLUMNS = 24
SCHEMA_VERSIONS = (38, 39)  # Those of Grafana 10; later ones read them.
ON_TIME_RANGE_CHANGE = 2

# The variables in their order, with what "All" stands for. A job is always there. An alert about an absent exporter has
# no instance, one about a dead exporter no target, and only what belongs to an SPE instance has an instance_id.
ALL_VALUES = {"job": ".+", "instance": ".*", "target": ".*", "instance_id": ".*"}


def head_errors(board: Board) -> Iterator[str]:
    """The dashboard itself."""
    data = board.data
    expected = {"uid": board.file.stem, "editable": False, "graphTooltip": 1}
    for key, value in expected.items():
        if data.get(key) != value or type(data.get(key)) is not type(value):
            yield f"{key}: expected {value}, found {data.get(key)}"
    if not data.get("title"):
        yield "title: there is none"
    if TAG not in data.get("tags", []):
        yield f"tags: {TAG} is missing"
    if data.get("schemaVersion") not in SCHEMA_VERSIONS:
        yield f"schemaVersion: expected one of {SCHEMA_VERSIONS}, found {data.get('schemaVersion')}"
    for key in data:
        if key.startswith("__"):
            yield f"{key}: belongs to a dashboard exported for sharing, and stops provisioning"


def variable_errors(board: Board) -> Iterator[str]:
    """Which there are, their order, and how each is asked for."""
    variables = board.variables()
    names = [variable.get("name") for variable in variables]
    if names != ["datasource", *ALL_VALUES]:
        yield f"templating: expected datasource, {', '.join(ALL_VALUES)} in this order, found {names}"
    for index, variable in enumerate(variables):
        path, name = f"templating.list[{index}]", variable.get("name")
        if name == "datasource":
            if (variable.get("type"), variable.get("query")) != ("datasource", "prometheus"):
                yield f"{path}: expected a choice among the Prometheus data sources"
            continue
        wanted = {"type": "query", "datasource": DATASOURCE, "refresh": ON_TIME_RANGE_CHANGE, "includeAll": True,
                  "allValue": ALL_VALUES.get(name)}
        for key, value in wanted.items():
            if variable.get(key) != value:
                yield f"{path}.{key}: {name} wants {value}, found {variable.get(key)}"


def link_errors(board: Board) -> Iterator[str]:
    """The menu of the other dashboards."""
    wanted = {"type": "dashboards", "tags": [TAG], "asDropdown": True, "keepTime": True, "includeVars": True}
    if not any(all(link.get(key) == value for key, value in wanted.items()) for link in board.data.get("links", [])):
        yield f"links: no drop-down of the dashboards tagged {TAG} that keeps time and variables"


def annotation_errors(board: Board) -> Iterator[str]:
    """Firing alerts and verifications over all graphs."""
    expressions = []
    for index, annotation in enumerate(board.annotations()):
        path = f"annotations.list[{index}]"
        expression = annotation_expression(annotation) or ""
        if annotation.get("datasource") != DATASOURCE:
            yield f"{path}.datasource: expected prometheus ${{datasource}}"
        if annotation.get("enable") is not True:
            yield f"{path}.enable: it is switched off"
        if annotation.get("useValueForTime") and "* 1000" not in expression:
            yield f"{path}: a value that is a time must be in milliseconds (* 1000)"
        if not annotation.get("titleFormat"):
            yield f"{path}.titleFormat: it has no title"
        expressions.append(expression)
    if not any("ALERTS{" in one and 'alertstate="firing"' in one for one in expressions):
        yield "annotations: none for firing alerts"
    if not any("mailstore_verification_last_completion_timestamp_seconds{" in one for one in expressions):
        yield "annotations: none for verifications"


def overlaps(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two places on the grid share a cell."""
    return (one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
            and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"])


def layout_errors(board: Board) -> Iterator[str]:
    """Ids, titles, places."""
    panels = [panel for _, panel in board.panels()]
    ids = Counter(panel.get("id") for panel in panels)
    titles = Counter(panel.get("title") for panel in panels if has_data(panel))
    for key, counter in (("id", ids), ("title", titles)):
        for value, times in counter.items():
            if times > 1 or value is None:
                yield f"panels: the {key} {value} is there {times} times"
    placed = []
    for path, panel in board.panels():
        place = panel.get("gridPos", {})
        if not {"x", "y", "w", "h"} <= place.keys():
            yield f"{path}.gridPos: {name_of(panel)} has no place"
            continue
        if place["x"] < 0 or place["y"] < 0 or place["w"] < 1 or place["h"] < 1 or place["x"] + place["w"] > COLUMNS:
            yield f"{path}.gridPos: {name_of(panel)} leaves the {COLUMNS} columns"
        placed.append(panel)
    for one, other in combinations(placed, 2):
        if overlaps(one["gridPos"], other["gridPos"]):
            yield f"panels: {name_of(one)} and {name_of(other)} overlap"


def size_errors(board: Board) -> Iterator[str]:
    """Queries that return a row or a line for each of hundreds of instances."""
    for path, panel in board.panels():
        for index, target in enumerate(panel.get("targets", [])):
            expression = target.get("expr", "")
            tree = parsed(expression)
            labels = kept_labels(tree) if tree is not None else set()
            if ("mailstore_instance_" in expression and (labels is None or "instance_id" in labels)
                    and not re.search(r"\btopk\b", expression)):
                yield f"{path}.targets[{index}] ({name_of(panel)}): returns every instance; keep the worst with topk"


def checklist(board: Board) -> list[str]:
    """All errors of a dashboard, whatever it shows."""
    errors: list[str] = []
    for part in (head_errors, variable_errors, link_errors, annotation_errors, layout_errors, size_errors):
        errors += part(board)
    for path, panel in board.panels():
        errors += dict.fromkeys(f"{path} ({name_of(panel)}): {error}" for error in panel_errors(panel))
    return errors


def check(board: Board) -> list[str]:
    """The same, and whether the dashboard shows what it is there for."""
    return checklist(board) + list(missing(board))


if __name__ == "__main__":
    sys.exit(run(check, "the checklist is kept", "Fix them in dashboards/source."))

"""Tables of one row a thing: each column is a query of its own, and Grafana merges them by the labels they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import mappings
import thresholds
from panels import Panel, Query, panel


@dataclass(frozen=True)
class Column:
    """A column (or several, where `labels` are shown in place of the value) and the query that fills it."""

    title: str
    expr: str
    unit: str = "none"
    words: list[dict[str, Any]] = field(default_factory=list)
    steps: dict[str, Any] | None = None
    labels: dict[str, str] = field(default_factory=dict)
    decimals: int | None = None
    width: int | None = None
    no_value: str = "–"


def table(title: str, description: str, no_value: str, keys: dict[str, str], columns: list[Column],
          hidden: str = "job, instance", sort_by: str = "", descending: bool = False,
          overrides: list[dict[str, Any]] | None = None) -> Panel:
    """A row for each set of the keys (label -> title of its column); `hidden` labels tell rows apart, unseen."""
    unseen = hidden.split(", ") if hidden else []
    by = ", ".join([*unseen, *keys])
    queries = [Query(_grouped(column, by), instant=True, table=True) for column in columns]
    order = [*keys.items()]
    excluded = {"Time": True}
    for number, column in enumerate(columns):
        value = "Value" if len(columns) == 1 else f"Value #{chr(ord('A') + number)}"
        order += column.labels.items() or [(value, column.title)]
        if column.labels:
            excluded[value] = True
    order += [(label, label) for label in unseen]
    organize = {"excludeByName": excluded, "renameByName": {name: shown for name, shown in order if name != shown},
                "indexByName": {name: index for index, (name, _) in enumerate(order)}}
    options = {"showHeader": True, "cellHeight": "sm", "frameIndex": 0,
               "footer": {"show": False, "reducer": ["sum"], "countRows": False, "enablePagination": False},
               "sortBy": [{"displayName": sort_by, "desc": descending}] if sort_by else []}
    defaults = {"unit": "none", "noValue": no_value, "mappings": [], "color": {"mode": "thresholds"},
                "thresholds": thresholds.plain(),
                "custom": {"align": "auto", "inspect": False, "cellOptions": {"type": "auto"}}}
    return panel("table", title, description, queries, defaults, options,
                 transformations=[{"id": "merge", "options": {}}, {"id": "organize", "options": organize}],
                 overrides=[*(override(label, custom__hidden=True) for label in unseen),
                            *(override(shown, noValue="–", unit="string") for shown in keys.values()),
                            *(each for column in columns for each in _looks(column)), *(overrides or [])])


def _grouped(column: Column, by: str) -> str:
    return f"max by ({', '.join([by, *column.labels])}) (\n{column.expr}\n)"


def override(name: str, **properties: Any) -> dict[str, Any]:
    """Properties of the column of this title; a double underscore stands for the dot in a property's name."""
    return {"matcher": {"id": "byName", "options": name},
            "properties": [{"id": key.replace("__", "."), "value": value} for key, value in properties.items()]}


def _looks(column: Column) -> list[dict[str, Any]]:
    properties: dict[str, Any] = {"noValue": column.no_value, "unit": "string" if column.labels else column.unit}
    if column.decimals is not None:
        properties["decimals"] = column.decimals
    if column.steps or column.words:
        properties |= {"mappings": column.words + mappings.unknown(column.no_value),
                       "custom__cellOptions": {"type": "color-text"}}
    if column.steps:
        properties["thresholds"] = column.steps
    if column.width is not None:
        properties["custom__width"] = column.width
    shown = column.labels.values() or [column.title]
    return [override(name, **properties) for name in shown]


def link_to(uid: str, title: str, server: str, **variables: str) -> dict[str, Any]:
    """A link from a row to a dashboard of its server, which stands in the column `server`.

    `variables` are further variables of the dashboard, each with the column that has its value.
    """
    chosen = {"target": server, "job": "job", "instance": "instance", **variables}
    chosen_text = "".join(f"&var-{name}=${{__data.fields.{column}:percentencode}}" for name, column in chosen.items())
    url = f"/d/{uid}?{chosen_text[1:]}&${{datasource:queryparam}}&${{__url_time_range}}"
    return {"title": title, "url": url, "targetBlank": False}


def link_to_server(column: str) -> dict[str, Any]:
    """A link from a row to the dashboard of its server, which stands in the named column."""
    return override(column, links=[link_to("mailstore-server", "Open this server", column)])

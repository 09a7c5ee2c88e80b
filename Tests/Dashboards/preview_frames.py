"""Answers as Grafana's frames: named series, and tables after their transformations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from live_prometheus import Series

Cell = float | str | None
Row = dict[str, Cell]


@dataclass(frozen=True)
class Line:
    """A series with the name that the legend gives it."""

    name: str
    points: list[tuple[float, float]]
    step: float
    query: str

    @property
    def last(self) -> float:
        """The newest value."""
        return self.points[-1][1]


def legend(template: str, labels: dict[str, str]) -> str:
    """The name of a series by the query's legend."""
    if template and template != "__auto":
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: labels.get(found[1], ""), template).strip(" ·") or "Value"
    names = ", ".join(f'{name}="{value}"' for name, value in sorted(labels.items()) if name != "__name__")
    return f"{{{names}}}" if names else labels.get("__name__", "Value")


@dataclass
class Table:
    """Columns in order, and rows."""

    columns: list[str]
    rows: list[Row]


def frame(letter: str, answer: list[Series], alone: bool) -> Table:
    """The table of one query: its labels, and its value under the query's letter where there are several."""
    value = "Value" if alone else f"Value #{letter}"
    labels = sorted({name for series in answer for name in series.labels})
    rows: list[Row] = [{"Time": series.points[-1][0] * 1000, **series.labels, value: series.points[-1][1]}
                       for series in answer]
    return Table(["Time", *labels, value], rows)


def merged(tables: list[Table]) -> Table:
    """Rows of several tables made one where they agree in all columns that they share."""
    columns: list[str] = []
    for table in tables:
        columns += [name for name in table.columns if name not in columns]
    rows: list[Row] = []
    for table in tables:
        for row in table.rows:
            fits = [other for other in rows if other.keys() & row.keys() - {"Time"}
                    and all(other[name] == row[name] for name in other.keys() & row.keys())]
            for other in fits:
                other.update(row)
            if not fits:
                rows.append(dict(row))
    return Table([name for name in columns if not name.startswith("Value")]
                 + [name for name in columns if name.startswith("Value")], rows)


def organized(table: Table, options: dict[str, Any]) -> Table:
    """Columns left out, in their order, with their names."""
    excluded = options.get("excludeByName", {})
    order, names = options.get("indexByName", {}), options.get("renameByName", {})
    kept = [name for name in table.columns if not excluded.get(name)]
    kept.sort(key=lambda name: order.get(name, 1000))
    return Table([names.get(name) or name for name in kept],
                 [{names.get(name) or name: row.get(name) for name in kept} for row in table.rows])


def transformed(panel: dict[str, Any], tables: list[Table]) -> Table:
    """The table after the panel's transformations; only those that the dashboards use are known."""
    table: Table | None = None
    for step in panel.get("transformations", []):
        if step["id"] == "merge":
            table = merged(tables)
        elif step["id"] == "organize":
            table = organized(table or merged(tables), step["options"])
        else:
            raise ValueError(f"{panel['title']}: the transformation {step['id']} is not known here")
    return table or merged(tables)


def sorted_rows(table: Table, panel: dict[str, Any]) -> list[Row]:
    """The rows in the order that the panel asks for."""
    rows = list(table.rows)
    for by in reversed(panel.get("options", {}).get("sortBy", [])):
        name = by["displayName"]
        rows.sort(key=lambda row: (row.get(name) is None, row.get(name) or 0) if isinstance(row.get(name), float)
                  else (row.get(name) is None, str(row.get(name))), reverse=by.get("desc", False))
    return rows

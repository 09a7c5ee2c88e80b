"""Places panels on Grafana's grid of 24 columns, line under line, and numbers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

COLUMNS = 24
Panel = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """Panels side by side, all of one height, each with its width."""

    height: int
    panels: tuple[tuple[int, Panel], ...]


def line(height: int, *panels: tuple[int, Panel]) -> Line:
    """A line of (width, panel), which fills the grid exactly."""
    width = sum(width for width, _ in panels)
    if width != COLUMNS:
        titles = ", ".join(panel["title"] for _, panel in panels)
        raise ValueError(f"the line with {titles} is {width} columns wide; make it {COLUMNS}")
    return Line(height, panels)


def heading(title: str) -> Line:
    """The title of the lines below it."""
    return Line(1, ((COLUMNS, {"type": "row", "title": title, "collapsed": False, "panels": []}),))


def arrange(*lines: Line) -> list[Panel]:
    """All panels with their positions and ids, from the top down."""
    placed: list[Panel] = []
    y = 0
    for each in lines:
        x = 0
        for width, panel in each.panels:
            position = {"x": x, "y": y, "w": width, "h": each.height}
            placed.append({**panel, "id": len(placed) + 1, "gridPos": position})
            x += width
        y += each.height
    return placed

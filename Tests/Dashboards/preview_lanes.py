"""States over time: one lane a thing, as a timeline or as a box a point."""

from __future__ import annotations

from html import escape
from typing import Any

from preview_charts import ROW
from preview_fields import Field, colour, field
from preview_frames import Line
from preview_svg import axis_of_time, svg, text

BOTTOM = 22


def lanes(panel: dict[str, Any], lines: list[Line], width: int, height: int, start: float, end: float) -> str:
    """A panel of the type state-timeline or status-history."""
    history = panel["type"] == "status-history"
    fields = [field(panel, line.name, end) for line in lines]
    below, rows = states(panel, lines, fields)
    high = height - rows
    left = min(int(width * 0.4), 20 + int(6.5 * max((len(one.title) for one in fields), default=0)))

    def x(at: float) -> float:
        return left + (at - start) / (end - start) * (width - left - 10)

    lane = (high - BOTTOM - 4) / max(1, len(lines))
    thick = lane * panel["options"].get("rowHeight", 0.9)
    parts = axis_of_time(x, start, end, high - 4, 4, high - BOTTOM, width)
    for number, (line, one) in enumerate(zip(lines, fields)):
        top = 4 + number * lane + (lane - thick) / 2
        parts.append(text(left - 10, top + thick / 2 + 4, shortened(one.title, left), "end", "lane"))
        for since, until, value in boxes(line, history, panel, end):
            parts += box(panel, one, value, x(max(start, since)), x(min(end, until)), top, thick)
    return svg(width, high, parts) + below


def shortened(title: str, room: float) -> str:
    """The title as far as there is room for it."""
    letters = int((room - 14) / 6.2)
    return title if len(title) <= letters else title[:letters - 1] + "…"


def boxes(line: Line, history: bool, panel: dict[str, Any], end: float) -> list[tuple[float, float, float]]:
    """From when to when which value."""
    if history:
        wide = line.step * panel["options"].get("colWidth", 0.9)
        return [(at - wide / 2, at + wide / 2, value) for at, value in line.points]
    found: list[tuple[float, float, float]] = []
    for at, value in line.points:
        if found and found[-1][2] == value and at - found[-1][1] <= line.step * 0.6:
            found[-1] = (found[-1][0], at + line.step, value)
        else:
            found.append((at, at + line.step, value))
    return found


def box(panel: dict[str, Any], one: Field, value: float, left: float, right: float, top: float,
        thick: float) -> list[str]:
    """A coloured box, with its word in it where it is wide enough."""
    shown = one.show(value)
    fill = one.custom.get("fillOpacity", 70) / 100
    parts = [f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(0.8, right - left):.1f}" height="{thick:.1f}" '
             f'fill="{shown.colour or colour("text")}" fill-opacity="{fill}"/>']
    if panel["options"].get("showValue") != "never" and right - left > 8 + 6.6 * len(shown.text) and thick > 12:
        parts.append(text(left + 6, top + thick / 2 + 4, shown.text, "start", "state"))
    return parts


def states(panel: dict[str, Any], lines: list[Line], fields: list[Field]) -> tuple[str, int]:
    """The legend: the words of the states that there are."""
    if not panel["options"]["legend"]["showLegend"]:
        return "", 0
    words: dict[str, str] = {}
    for line, one in zip(lines, fields):
        for value in sorted({value for _, value in line.points}):
            shown = one.show(value)
            words.setdefault(shown.text, shown.colour or "#ccc")
    spans = "".join(f'<span><i style="background:{paint}"></i>{escape(word)}</span>' for word, paint in words.items())
    return f'<div class="legend" style="height:{ROW}px">{spans}</div>', ROW + 4

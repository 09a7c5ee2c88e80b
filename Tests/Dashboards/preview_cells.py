"""Single values and tables: stat, gauge, bar gauge, table."""

from __future__ import annotations

import math
from html import escape
from typing import Any

from preview_fields import Field, colour, field
from preview_frames import Cell, Line, Table, sorted_rows
from preview_svg import svg, text


def stat(panel: dict[str, Any], lines: list[Line], width: int, height: int, now: float) -> str:
    """Large values side by side."""
    options = panel["options"]
    boxes = []
    for line in lines:
        one = field(panel, line.name, now)
        shown = one.show(line.last)
        word = one.title if options["textMode"] == "name" else shown.text
        named = options["textMode"] == "value_and_name" or (options["textMode"] == "auto" and len(lines) > 1)
        room = width / len(lines) - 16
        size = min(height * (0.42 if named else 0.55), 64, room / (0.58 * max(len(word), 1)))
        paint = shown.colour or colour("text")
        filled = options["colorMode"].startswith("background")
        style = f"background:{paint};color:#fff" if filled else f"color:{paint}"
        small = min(15, room / (0.56 * max(len(one.title), 1)))
        name = f'<div class="name" style="font-size:{small:.0f}px">{escape(one.title)}</div>' if named else ""
        boxes.append(f'<div class="stat" style="{style};font-size:{size:.0f}px">{name}{escape(word)}</div>')
    return f'<div class="stats" style="height:{height}px">{"".join(boxes)}</div>'


def gauge(panel: dict[str, Any], lines: list[Line], width: int, height: int, now: float) -> str:
    """An arc that fills as the value grows."""
    one, value = field(panel, lines[0].name, now), lines[0].last
    low, high = one.settings.get("min", 0), one.settings.get("max", 100)
    shown = one.show(value)
    middle, base = width / 2, height - 8
    radius = min(width / 2 - 12, height - 16)
    thick = radius * 0.22

    def arc(start: float, end: float, r: float, wide: float, paint: str) -> str:
        points = [(middle - r * math.cos(math.pi * share), base - r * math.sin(math.pi * share))
                  for share in (start, end)]
        return (f'<path d="M{points[0][0]:.1f} {points[0][1]:.1f}A{r:.1f} {r:.1f} 0 0 1 {points[1][0]:.1f} '
                f'{points[1][1]:.1f}" fill="none" stroke="{paint}" stroke-width="{wide:.1f}"/>')

    share = max(0.0, min(1.0, (value - low) / (high - low)))
    parts = [arc(0, 1, radius - thick, thick, "#2c2f36"),
             arc(0, share, radius - thick, thick, shown.colour or colour("text"))]
    steps = one.settings["thresholds"]["steps"]
    for number, step in enumerate(steps):
        start = 0.0 if step["value"] is None else (step["value"] - low) / (high - low)
        end = 1.0 if number + 1 == len(steps) else (steps[number + 1]["value"] - low) / (high - low)
        if start < 1:
            parts.append(arc(max(0.0, start), min(1.0, end), radius - thick / 3, thick * 0.2, colour(step["color"])))
    parts.append(f'<text x="{middle:.0f}" y="{base - 4:.0f}" text-anchor="middle" fill="{shown.colour}" '
                 f'font-size="{radius * 0.36:.0f}" font-weight="500">{escape(shown.text)}</text>')
    return svg(width, height, parts)


def bar_gauge(panel: dict[str, Any], lines: list[Line], width: int, height: int, now: float) -> str:
    """Bars one below the other, names to the left and values to the right."""
    fields = [field(panel, line.name, now) for line in lines]
    highest = max((line.last for line in lines), default=1)
    settings = panel["fieldConfig"]["defaults"]
    low, high = settings.get("min", 0), settings.get("max", highest)
    shown = [one.show(line.last) for one, line in zip(fields, lines)]
    left = min(width * 0.45, 12 + 6.8 * max(len(one.title) for one in fields))
    right = 16 + 9 * max(len(one.text) for one in shown)
    thick = min((height - 8) / len(lines) - 6, panel["options"].get("maxVizHeight", 300))
    gap = min((height - 8 - thick * len(lines)) / max(1, len(lines)), 12)
    parts = []
    for number, (one, line, words) in enumerate(zip(fields, lines, shown)):
        top = 4 + number * (thick + gap)
        wide = (width - left - right) * max(0.0, min(1.0, (line.last - low) / ((high - low) or 1)))
        paint = words.colour or colour("text")
        letters = int((left - 12) / 6.4)
        title = one.title if len(one.title) <= letters else one.title[:letters - 1] + "…"
        parts += [text(left - 8, top + thick / 2 + 4, title, "end", "lane"),
                  f'<rect x="{left:.0f}" y="{top:.1f}" width="{width - left - right:.0f}" height="{thick:.1f}" '
                  'fill="#22252b"/>',
                  f'<rect x="{left:.0f}" y="{top:.1f}" width="{wide:.1f}" height="{thick:.1f}" fill="{paint}" '
                  'fill-opacity="0.75"/>',
                  f'<text x="{width - right + 8:.0f}" y="{top + thick / 2 + 5:.1f}" fill="{paint}" '
                  f'font-size="15" font-weight="500">{escape(words.text)}</text>']
    return svg(width, height, parts)


def table(panel: dict[str, Any], found: Table, width: int, height: int, now: float) -> str:
    """A table, cut where the panel ends."""
    fields = {name: field(panel, name, now) for name in found.columns}
    columns = [name for name in found.columns if not fields[name].custom.get("hidden")]
    rows = sorted_rows(found, panel)
    numeric = {name: any(isinstance(row.get(name), float) and fields[name].mapped(row[name]) is None for row in rows)
               for name in columns}
    head = "".join(f'<th{" class=right" if numeric[name] else ""}{wide(fields[name])}>{escape(fields[name].title)}</th>'
                   for name in columns)
    body = "".join("<tr>" + "".join(cell(fields[name], row.get(name), numeric[name]) for name in columns) + "</tr>"
                   for row in rows)
    return f'<div class="cut" style="height:{height}px"><table class="rows"><tr>{head}</tr>{body}</table></div>'


def wide(one: Field) -> str:
    """The width of a column, where the panel says it."""
    return f' style="width:{one.custom["width"]}px"' if one.custom.get("width") else ""


def cell(one: Field, value: Cell, numeric: bool) -> str:
    """A cell of a table."""
    shown = one.show(value)
    kind = one.custom.get("cellOptions", {}).get("type", "auto")
    style = ""
    if shown.colour and kind == "color-text":
        style = f' style="color:{shown.colour}"'
    elif shown.colour and kind == "color-background":
        style = f' style="background:{shown.colour};color:#111"'
    words = escape(shown.text)
    if one.settings.get("links"):
        words = f"<u>{words}</u>"
    return f'<td{" class=right" if numeric else ""}{style}>{words}</td>'

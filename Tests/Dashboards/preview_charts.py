"""Time series as SVG: lines, areas, stacks and bars."""

from __future__ import annotations

import math
from html import escape
from typing import Any

from preview_fields import PALETTE, Field, colour, field
from preview_frames import Line
from preview_svg import axis_of_time, nice_ticks, svg, text

BOTTOM, TOP = 22, 8
ROW = 19
"""The height of a row of a legend."""


def timeseries(panel: dict[str, Any], lines: list[Line], width: int, height: int, start: float, end: float) -> str:
    """A panel of lines or bars, with its legend below."""
    fields = [field(panel, line.name, end) for line in lines]
    colours = [one.fixed() or PALETTE[number % len(PALETTE)] for number, one in enumerate(fields)]
    below, rows = legend(panel, lines, fields, colours, width)
    high = height - rows
    stacked = panel["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] != "none"
    curves = stack(lines) if stacked else [(line.points, None) for line in lines]
    values = [value for points, _ in curves for _, value in points]
    settings = panel["fieldConfig"]["defaults"]
    ticks = nice_ticks(min([*values, *([settings["min"]] if "min" in settings else []), *([0.0] if stacked else [])]),
                       max([*values, *([settings["max"]] if "max" in settings else [])]),
                       settings.get("unit", ""), max(3, high // 45))
    low, top = ticks[0], ticks[-1]
    labels = [fields[0].show(tick).text for tick in ticks]
    left = 20 + int(6.8 * max(map(len, labels)))

    def x(at: float) -> float:
        return left + (at - start) / (end - start) * (width - left - 10)

    def y(value: float) -> float:
        return TOP + (top - value) / ((top - low) or 1) * (high - TOP - BOTTOM)

    parts = []
    for tick, label in zip(ticks, labels):
        parts.append(f'<line x1="{left}" x2="{width - 10}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" class="grid"/>')
        parts.append(text(left - 8, y(tick) + 4, label, "end"))
    parts += axis_of_time(x, start, end, high - 4, TOP, high - BOTTOM, width)
    parts += thresholds(panel, y, low, top, left, width)
    curves_drawn: list[str] = []
    bars = [number for number, one in enumerate(fields) if one.custom.get("drawStyle") == "bars"]
    for number, ((points, floor), one) in reversed(list(enumerate(zip(curves, fields)))):
        if number in bars:
            curves_drawn += draw_bars(points, one, colours[number], x, y, low, lines[number].step)
        else:
            curves_drawn += draw_line(points, floor, one, colours[number], x, y, low, lines[number].step)
    # What begins before the time range ends at its edge: a picture within the picture cuts it off.
    inner = f'<svg x="{left}" y="0" width="{width - left}" height="{high}" viewBox="{left} 0 {width - left} {high}">'
    return svg(width, high, [*parts, inner, *curves_drawn, "</svg>"]) + below


def stack(lines: list[Line]) -> list[tuple[list[tuple[float, float]], list[tuple[float, float]]]]:
    """Each line on top of those before it, and what it stands on."""
    floor: dict[float, float] = {}
    curves = []
    for line in lines:
        under = [(at, floor.get(at, 0.0)) for at, _ in line.points]
        over = [(at, value + floor.get(at, 0.0)) for at, value in line.points]
        floor.update(over)
        curves.append((over, under))
    return curves


def draw_bars(points: list[tuple[float, float]], one: Field, paint: str, x: Any, y: Any, low: float,
              step: float) -> list[str]:
    """Bars to the left of their instant, or as the panel aligns them."""
    align = one.custom.get("barAlignment", 0)
    wide = max(1.0, (x(step) - x(0)) * one.custom.get("barWidthFactor", 0.6))
    fill = one.custom.get("fillOpacity", 60) / 100
    shapes = []
    for at, value in points:
        left = x(at) + {-1: -wide, 0: -wide / 2, 1: 0.0}[align]
        base, end = sorted((y(max(0.0, low)), y(value)))
        shapes.append(f'<rect x="{left:.1f}" y="{base:.1f}" width="{wide:.1f}" height="{max(0.5, end - base):.1f}" '
                      f'fill="{paint}" fill-opacity="{fill}"/>')
    return shapes


def pieces(points: list[tuple[float, float]], gap: float) -> list[list[tuple[float, float]]]:
    """The points, parted where there are none for longer than the gap."""
    found: list[list[tuple[float, float]]] = []
    for point in points:
        if not found or point[0] - found[-1][-1][0] > gap:
            found.append([])
        found[-1].append(point)
    return found


def draw_line(points: list[tuple[float, float]], floor: list[tuple[float, float]] | None, one: Field, paint: str,
              x: Any, y: Any, low: float, step: float) -> list[str]:
    """A line, and the area below it."""
    spans = one.custom.get("spanNulls")
    gap = math.inf if spans is True else max(1.5 * step, spans / 1000 if isinstance(spans, (int, float)) else 0)
    fill, shapes = one.custom.get("fillOpacity", 0) / 100, []
    under = dict(floor or [])
    dash = one.custom.get("lineStyle", {}).get("dash")
    style = f' stroke-dasharray="{" ".join(map(str, dash))}"' if dash else ""
    stairs = one.custom.get("lineInterpolation") == "stepAfter"
    for piece in pieces(points, gap):
        path = f"M{x(piece[0][0]):.1f} {y(piece[0][1]):.1f}"
        for at, value in piece[1:]:
            path += f"H{x(at):.1f}V{y(value):.1f}" if stairs else f"L{x(at):.1f} {y(value):.1f}"
        if fill:
            back = "".join(f"L{x(at):.1f} {y(under.get(at, max(low, 0.0) if low <= 0 else low)):.1f}"
                           for at, _ in reversed(piece))
            shapes.append(f'<path d="{path}{back}Z" fill="{paint}" fill-opacity="{fill}"/>')
        width = one.custom.get("lineWidth", 1)
        if len(piece) == 1:
            shapes.append(f'<circle cx="{x(piece[0][0]):.1f}" cy="{y(piece[0][1]):.1f}" r="2" fill="{paint}"/>')
        elif width:
            shapes.append(f'<path d="{path}" fill="none" stroke="{paint}" stroke-width="{width + 0.4}"{style}/>')
    return shapes


def thresholds(panel: dict[str, Any], y: Any, low: float, top: float, left: int, width: int) -> list[str]:
    """Dashed lines at the thresholds, where the panel asks for them."""
    if panel["fieldConfig"]["defaults"]["custom"].get("thresholdsStyle", {}).get("mode", "off") == "off":
        return []
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [f'<line x1="{left}" x2="{width - 10}" y1="{y(step["value"]):.1f}" y2="{y(step["value"]):.1f}" '
            f'stroke="{colour(step["color"])}" stroke-width="1.5" stroke-dasharray="8 6"/>'
            for step in steps if step["value"] is not None and low <= step["value"] <= top]


def legend(panel: dict[str, Any], lines: list[Line], fields: list[Field], colours: list[str],
           width: int) -> tuple[str, int]:
    """The legend below, and how high it is."""
    options = panel["options"]["legend"]
    if not options["showLegend"]:
        return "", 0
    names = [f'<i style="background:{paint}"></i>{escape(one.title)}' for one, paint in zip(fields, colours)]
    if options["displayMode"] == "table" and options["calcs"]:
        shown = min(len(lines), 6)
        head = "".join(f"<th>{HEADS.get(calc, calc)}</th>" for calc in options["calcs"])
        body = "".join(
            f"<tr><td>{name}</td>" + "".join(f"<td>{escape(one.show(CALCULATED[calc](line)).text)}</td>"
                                             for calc in options["calcs"]) + "</tr>"
            for name, one, line in list(zip(names, fields, lines))[:shown])
        return f'<table class="legend"><tr><th></th>{head}</tr>{body}</table>', (shown + 1) * ROW + 4
    used, count = 0, 1
    for one in fields:
        length = 26 + 6.4 * len(one.title)
        if used + length > width - 16:
            used, count = 0, count + 1
        used += length
    shown = min(count, 3)
    return (f'<div class="legend" style="height:{shown * ROW}px">' + "".join(f"<span>{name}</span>" for name in names)
            + "</div>", shown * ROW + 4)


HEADS = {"lastNotNull": "Last *", "max": "Max", "mean": "Mean", "min": "Min"}
CALCULATED = {
    "lastNotNull": lambda line: line.last,
    "max": lambda line: max(value for _, value in line.points),
    "min": lambda line: min(value for _, value in line.points),
    "mean": lambda line: sum(value for _, value in line.points) / len(line.points),
}

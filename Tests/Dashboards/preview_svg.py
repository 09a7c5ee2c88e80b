"""Small pieces of the pictures: texts, axes, nice numbers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from html import escape

TIMES = (60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000, 604800, 1209600, 2592000)
LENGTHS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
           3600, 7200, 14400, 21600, 43200, 86400, 172800, 432000, 864000)


def svg(width: int, height: int, parts: list[str]) -> str:
    """A picture of that size."""
    return f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'


def text(x: float, y: float, words: str, anchor: str = "start", kind: str = "axis") -> str:
    """A text of a picture."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def nice_step(span: float, count: int, unit: str) -> float:
    """A round step that parts the span in about so many."""
    wanted = (span or 1) / count
    if unit == "s":
        return next((one for one in LENGTHS if one >= wanted), wanted)
    base = 1024.0 if unit == "bytes" else 10.0
    power = base ** math.floor(math.log(wanted, base))
    rounds = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024) if unit == "bytes" else (1, 2, 5, 10)
    return next(power * one for one in rounds if power * one >= wanted * 0.999)


def nice_ticks(low: float, high: float, unit: str, count: int) -> list[float]:
    """Round values from below the lowest to above the highest."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    step = nice_step(high - low, count, unit)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(number * step) for number in range(first, last + 1)]


def axis_of_time(x: Callable[[float], float], start: float, end: float, baseline: float, top: float, bottom: float,
                 width: int) -> list[str]:
    """Words along the time, and faint lines."""
    room = max(2, width // 110)
    step = next((one for one in TIMES if (end - start) / one <= room), TIMES[-1])
    pattern = "%H:%M" if step < 86400 else "%m/%d"
    parts = []
    at = math.ceil(start / step) * step
    while at <= end:
        parts.append(f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{top}" y2="{bottom}" class="grid"/>')
        if x(at) < width - 20:
            midnight = step < 86400 and at % 86400 == 0
            parts.append(text(x(at), baseline, time.strftime("%m/%d" if midnight else pattern, time.gmtime(at)),
                              "middle"))
        at += step
    return parts

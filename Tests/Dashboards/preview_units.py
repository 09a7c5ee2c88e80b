"""Numbers as Grafana writes them, for the units that the dashboards use."""

from __future__ import annotations

import time

SHORT = ((1e12, "Tri"), (1e9, "Bil"), (1e6, "Mil"), (1e3, "K"))
BYTES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
LENGTHS = ((31536000, "years"), (604800, "weeks"), (86400, "days"), (3600, "hours"), (60, "mins"))


def number(value: float, decimals: int | None) -> str:
    """A number with so many decimals, or with as many as say three digits."""
    if decimals is None:
        size = abs(value)
        decimals = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 0.1 else 3
        text = f"{value:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:.{decimals}f}"


def scaled(value: float, decimals: int | None, steps: tuple[tuple[float, str], ...]) -> str:
    """A number in the largest unit that it fills."""
    for size, name in steps:
        if abs(value) >= size:
            return f"{number(value / size, decimals)} {name}"
    return number(value, decimals)


def length(value: float, decimals: int | None) -> str:
    """A number of seconds."""
    size = abs(value)
    if 0 < size < 0.001:
        return f"{number(value * 1e6, decimals)} µs"
    if 0 < size < 1:
        return f"{number(value * 1e3, decimals)} ms"
    for one, name in LENGTHS:
        if size >= one:
            return f"{number(value / one, decimals)} {name[:-1] if value == one else name}"
    return f"{number(value, decimals)} s"


def size_of(value: float, decimals: int | None) -> str:
    """A number of bytes."""
    power = 0
    while abs(value) >= 1024 and power < len(BYTES) - 1:
        value, power = value / 1024, power + 1
    return f"{number(value, decimals)} {BYTES[power]}"


def from_now(value: float, now: float) -> str:
    """How far an instant in milliseconds lies back."""
    away = now - value / 1000
    for one, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if abs(away) >= one:
            count = round(abs(away) / one)
            text = f"{count} {name}{'' if count == 1 else 's'}"
            return f"{text} ago" if away > 0 else f"in {text}"
    return "a few seconds ago"


def written(value: float, unit: str, decimals: int | None, now: float) -> str:
    """A value in its unit."""
    if unit == "bytes":
        return size_of(value, decimals)
    if unit == "s":
        return length(value, decimals)
    if unit == "percentunit":
        return f"{number(value * 100, decimals)}%"
    if unit == "short":
        return scaled(value, decimals, SHORT)
    if unit == "reqps":
        return f"{scaled(value, decimals, SHORT)} req/s"
    if unit == "locale":
        return f"{value:,.{decimals or 0}f}"
    if unit == "dateTimeFromNow":
        return from_now(value, now)
    if unit == "dateTimeAsIso":
        return time.strftime("%Y-%m-%d %H:%M", time.gmtime(value / 1000))
    if unit.startswith("suffix:"):
        return f"{number(value, decimals)} {unit.removeprefix('suffix:')}"
    return number(value, decimals)

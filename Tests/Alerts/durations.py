"""Durations as Prometheus writes them."""

from __future__ import annotations

import re

_UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "y": 31_536_000_000}


def milliseconds(duration: str) -> int:
    """Prometheus's notation of a duration (`1h30m`) in milliseconds; `0` is allowed."""
    if duration == "0":
        return 0
    parts = re.findall(r"(\d+)(ms|[smhdwy])", duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        raise ValueError(f"not a duration: {duration!r}")
    return sum(int(number) * _UNIT_MS[unit] for number, unit in parts)


def duration_text(ms: int) -> str:
    """A duration as Prometheus reads it, in the largest unit (up to days) that holds it exactly."""
    for unit in ("d", "h", "m", "s"):
        if ms % _UNIT_MS[unit] == 0:
            return f"{ms // _UNIT_MS[unit]}{unit}"
    return f"{ms}ms"


def scaled_durations(duration: str) -> list[str]:
    """Half and twice the duration."""
    ms = milliseconds(duration)
    return [duration_text(ms // 2), duration_text(ms * 2)]

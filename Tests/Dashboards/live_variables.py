"""Grafana's variables put into a query as Grafana does it for Prometheus."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from boards import VARIABLE, Board

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}

NICE = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800,
        2592000, 31536000)
"""The seconds that Grafana rounds an interval to."""


def seconds(text: str) -> float:
    """The length of a duration such as 1h or now-30d."""
    found = re.fullmatch(r"(?:now-)?>?(\d+(?:\.\d+)?)(ms|[smhdwy])", text)
    if not found:
        raise ValueError(f"{text!r} is no duration that is known here")
    return float(found[1]) * UNITS[found[2]]


@dataclass(frozen=True)
class View:
    """A time range as somebody looks at it, and how often the data source is scraped."""

    end: float
    range: float
    scrape: float
    aligned: bool = False
    """Whether points lie at multiples of the step, as Grafana asks for them. Where a minute of data meets a step of an
    hour there would be none; the last point is the end then."""

    def last(self, step: float) -> float:
        """The last point of a range."""
        return self.end // step * step if self.aligned else self.end

    def interval(self, points: int, least: str | None) -> float:
        """The step between two points: a nice length, no shorter than scraping and what the panel says."""
        wanted = self.range / points
        rounded = next((nice for nice in NICE if nice >= wanted * 0.75), NICE[-1])
        return max(rounded, self.scrape, seconds(least) if least else 0)


def built_in(view: View, interval: float, least: str | None = None) -> dict[str, str]:
    """Grafana's own variables; a minimum step of a query counts as its scrape interval."""
    scrape = seconds(least) if least else view.scrape
    rate = max(interval + scrape, 4 * scrape)
    return {
        "__interval": duration(interval), "__interval_ms": str(round(interval * 1000)),
        "__rate_interval": duration(rate), "__range": duration(view.range), "__range_s": str(round(view.range)),
        "__range_ms": str(round(view.range * 1000)),
    }


def duration(length: float) -> str:
    """A length as PromQL writes it."""
    return f"{round(length)}s" if length >= 1 else f"{round(length * 1000)}ms"


def everything(board: Board) -> dict[str, str]:
    """All variables of a dashboard where `All` is chosen: the value for it where one is given, else any text."""
    return {variable["name"]: variable.get("allValue") or ".*"
            for variable in board.variables() if variable["type"] == "query"}


def substituted(expression: str, values: dict[str, Any]) -> str:
    """The query as it goes to Prometheus."""
    def one(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3]
        if name not in values:
            raise ValueError(f"${name} is no variable of this dashboard")
        return str(values[name])
    return VARIABLE.sub(one, expression)

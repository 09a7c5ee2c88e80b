"""What the rules would have said of the past, which Prometheus itself only says as time passes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from live_prometheus import Prometheus
from live_variables import seconds


@dataclass(frozen=True)
class Firing:
    """An alert that was firing at a time, and since when its condition had held."""

    labels: dict[str, str]
    at: float
    since: float


def alerts(rules: Path) -> Iterator[dict[str, Any]]:
    """The alerting rules of a file."""
    for group in yaml.safe_load(rules.read_text(encoding="utf-8"))["groups"]:
        yield from (rule for rule in group["rules"] if "alert" in rule)


def length(duration: str) -> float:
    """A duration of a rule, such as 1h30m."""
    return sum(seconds(part) for part in re.findall(r"\d+(?:ms|[smhdwy])", str(duration)))


def firing(server: Prometheus, rule: dict[str, Any], start: float, end: float, step: float) -> Iterator[Firing]:
    """When a rule fires between two instants, looked at step by step."""
    for series in server.range(rule["expr"], end, end - start, step):
        own = {key: value for key, value in series.labels.items() if key != "__name__"}
        labels = {"alertname": rule["alert"], "alertstate": "firing", **own, **rule.get("labels", {})}
        since = previous = None
        for at, _ in series.points:
            if previous is None or at - previous > 1.5 * step:
                since = at
            previous = at
            if at - since >= length(rule.get("for", "0s")):
                yield Firing(labels, at, since)


def written(one: Firing) -> str:
    """The two samples that Prometheus keeps of a firing alert."""
    def braces(labels: dict[str, str]) -> str:
        pairs = [f'{name}="{escaped(value)}"' for name, value in labels.items()]
        return "{" + ",".join(pairs) + "}"
    without_state = {name: value for name, value in one.labels.items() if name != "alertstate"}
    return (f"ALERTS{braces(one.labels)} 1 {one.at:.3f}\n"
            f"ALERTS_FOR_STATE{braces(without_state)} {one.since:.3f} {one.at:.3f}\n")


def escaped(value: str) -> str:
    """A label's value as OpenMetrics writes it."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def write(server: Prometheus, rules: Path, file: Path, start: float, end: float, step: float) -> int:
    """Writes the samples of all alerts that fired; how many alerts fire at the end."""
    last = 0
    with open(file, "w", encoding="utf-8") as out:
        for rule in alerts(rules):
            for one in firing(server, rule, start, end, step):
                out.write(written(one))
                last += one.at > end - step / 2
        out.write("# EOF\n")
    return last

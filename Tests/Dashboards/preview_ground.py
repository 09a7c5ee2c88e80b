"""A Prometheus that holds what was played on a stage: samples, recording rules, and the alerts that fired."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import preview_alerts
from live_grounds import RULES
from live_programs import run
from live_prometheus import Prometheus, backfill, prometheus
from live_variables import View, seconds
from preview_stage import Stage, gather


@dataclass(frozen=True)
class Played:
    """The Prometheus of a stage, and the time that it knows of."""

    stage: Stage
    server: Prometheus
    start: float
    end: float

    def view(self, board_range: str) -> View:
        """A dashboard's own range up to the end."""
        length = min(seconds(board_range), self.end - self.start)
        return View(self.end, length, max(15.0, self.stage.step), aligned=True)


@contextmanager
def played(stage: Stage, exporter: Path, binary: str, promtool: str, folder: Path) -> Iterator[Played]:
    """Plays the stage where the folder does not hold it yet, and serves it."""
    marks, data = folder / "range.json", folder / "data"
    if not marks.exists():
        print(f"playing {stage.days:g} days in {stage.seconds / 60:.0f} minutes ({stage.name})")
        _, start, end = gather(stage, exporter, folder)
        marks.write_text(json.dumps([start, end]), encoding="utf-8")
    start, end = json.loads(marks.read_text(encoding="utf-8"))
    end -= end % stage.step
    flags = ["--query.lookback-delta", f"{max(300, round(2.5 * stage.step))}s"]
    if not data.exists():
        backfill(promtool, folder / "samples.om", data)
        with prometheus(binary, folder, "prometheus", data=data, flags=flags) as server:
            run("the recording rules", [
                promtool, "tsdb", "create-blocks-from", "rules", "--start", str(round(start)), "--end", str(round(end)),
                "--eval-interval", f"{max(60, round(stage.step))}s", "--url", server.url, "--output-dir", data, RULES])
        with prometheus(binary, folder, "prometheus", data=data, flags=flags) as server:
            count = preview_alerts.write(server, RULES, folder / "alerts.om", start, end, stage.step)
        print(f"{count} alerts fire at the end of {stage.name}")
        backfill(promtool, folder / "alerts.om", data)
    with prometheus(binary, folder, "prometheus", data=data, flags=flags) as server:
        yield Played(stage, server, start, end)

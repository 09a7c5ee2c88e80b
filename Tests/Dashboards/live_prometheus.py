"""A real Prometheus on a free port, and what is asked of it."""

from __future__ import annotations

import json
import math
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live_programs import LiveError, Program, eventually, run


@dataclass(frozen=True)
class Series:
    """A series of an answer: its labels and its points, without those that are no number."""

    labels: dict[str, str]
    points: list[tuple[float, float]]


class Prometheus:
    """The HTTP API of a Prometheus."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, parameters: dict[str, str]) -> Any:
        """The data of an answer; an error of Prometheus is one of the query."""
        body = urllib.parse.urlencode(parameters).encode()
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}", data=body, timeout=60) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            raise LiveError(f"Prometheus refused a query ({error.code}): {text[:400]}") from error

    def instant(self, expression: str, at: float) -> list[Series]:
        """The values at one moment."""
        data = self.ask("query", {"query": expression, "time": f"{at:.3f}"})
        if data["resultType"] == "scalar":
            return series([{"metric": {}, "value": data["result"]}])
        return series(data["result"])

    def range(self, expression: str, end: float, length: float, step: float) -> list[Series]:
        """The values over a time; the last point is at its very end."""
        steps = min(math.floor(length / step), 10_999)
        return series(self.ask("query_range", {
            "query": expression, "start": f"{end - steps * step:.3f}", "end": f"{end:.3f}", "step": f"{step:g}",
        })["result"])


def series(results: list[dict[str, Any]]) -> list[Series]:
    """The series of an answer that have at least one number."""
    found = []
    for result in results:
        pairs = result["values"] if "values" in result else [result["value"]]
        points = [(float(at), float(value)) for at, value in pairs]
        points = [(at, value) for at, value in points if math.isfinite(value)]
        if points:
            found.append(Series(result["metric"], points))
    return found


@contextmanager
def prometheus(binary: str, folder: Path, name: str, configuration: str = "", data: Path | None = None,
               flags: Sequence[str] = ()) -> Iterator[Prometheus]:
    """A Prometheus with that configuration and data, ready to be asked."""
    file = folder / f"{name}.yml"
    file.write_text(configuration, encoding="utf-8")
    data = data or folder / f"{name}-data"
    with Program(name, [
            binary, "--config.file", file, "--storage.tsdb.path", data, "--storage.tsdb.retention.time", "10y",
            "--web.listen-address", "127.0.0.1:0", *flags], folder) as program:
        server = Prometheus("http://" + program.logged(r'msg="Listening on" address=(\S+)')[1])
        program.logged("Server is ready to receive web requests")
        yield server


def backfill(promtool: str, samples: Path, data: Path) -> None:
    """Makes blocks of samples with time stamps, as a user would."""
    run("the making of blocks", [
        promtool, "tsdb", "create-blocks-from", "--max-block-duration=744h", "openmetrics", samples, data],
        stdout=subprocess.DEVNULL)


def wait_for(server: Prometheus, what: str, expression: str, seconds: float) -> list[Series]:
    """The answer to a query, as soon as there is one."""
    def look() -> list[Series]:
        data = server.ask("query", {"query": expression})
        return series(data["result"])
    return eventually(what, seconds, look, pause=0.5)

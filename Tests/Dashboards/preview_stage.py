"""Data for the pictures: servers whose clock runs fast, and an exporter whose page is noted down in their time.

A page that is read once a second while a simulated hour passes is worth a sample an hour. Prometheus only knows the
real clock, so the samples are written with the servers' time and handed to it as finished blocks.
"""

from __future__ import annotations

import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from live_exporter import exporter, order, take_back
from live_programs import Program, simulator

JOB = "mailstore"
INSTANCE = "127.0.0.1:9463"
TARGET = re.compile(r'\btarget="([^"]*)"')
SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$")

OWN_INSTANTS = ("mailstore_collector_last_success_timestamp_seconds", "process_start_time_seconds",
                "mailstore_exporter_config_last_reload_success_timestamp_seconds")
"""Instants of the exporter's own clock, which is the real one."""


@dataclass(frozen=True)
class Stage:
    """How much time is played, how fast, and what goes wrong in it."""

    name: str
    days: float
    speed: float
    pause: float
    """Real seconds between two readings of the page."""
    targets: tuple[str, ...]
    outages: tuple[tuple[str, float, float], ...] = ()
    """A server that does not answer: its name, from and to as shares of the time."""
    faults: tuple[tuple[str, float, float, str], ...] = ()
    """Orders to a server: its name, from and to, the query of the order."""

    @property
    def seconds(self) -> float:
        """How long that takes in real seconds."""
        return self.days * 86400 / self.speed

    @property
    def step(self) -> float:
        """Seconds between two samples, in the servers' time."""
        return self.pause * self.speed


DAY = Stage(
    "day", days=1.2, speed=180, pause=1, targets=("archive-berlin", "archive-wien", "archive-zurich"),
    outages=(("archive-wien", 0.42, 0.47), ("archive-zurich", 0.93, 1.0)),
    faults=(
        ("archive-berlin", 0.5, 0.52, "function=GetUsers&fault=status&value=503"),
        ("archive-berlin", 0.81, 0.85, "function=GetWorkerResults&fault=delay&value=0.4")))
MONTH = Stage("month", days=31, speed=3600, pause=0.5, targets=("archive-berlin",))


@dataclass(frozen=True)
class FastClock:
    """Real and simulated time began together."""

    began: float
    speed: float

    def simulated(self, real: float) -> float:
        """That real instant by the servers' clock."""
        return self.began + (real - self.began) * self.speed


def retimed(page: str, clock: FastClock, now: float) -> Iterator[str]:
    """The lines of a page with the servers' time, and what belongs to the exporter's own clock moved there too."""
    samples = [found.groups() for line in page.splitlines()
               if not line.startswith("#") and (found := SAMPLE.match(line))]
    asked = {TARGET.search(labels)[1]: float(text) for name, labels, text in samples
             if name == "mailstore_collector_last_success_timestamp_seconds" and 'collector="server"' in labels}
    for name, labels, text in samples:
        if name in OWN_INSTANTS:
            text = repr(clock.simulated(float(text)))
        elif name == "mailstore_collector_interval_seconds":
            text = repr(float(text) * clock.speed)
        elif name == "mailstore_api_clock_skew_seconds":
            when = asked.get(TARGET.search(labels)[1], now)
            text = repr(round(float(text) - (clock.simulated(when) - when), 3))
        yield sample(name, labels, text, clock.simulated(now))


def sample(name: str, labels: str | None, value: str, at: float) -> str:
    """A line of OpenMetrics with a time stamp, as Prometheus would have scraped it."""
    inner = f'job="{JOB}",instance="{INSTANCE}"' + (f",{labels}" if labels else "")
    return f"{name}{{{inner}}} {value} {at:.3f}\n"


def read(url: str, clock: FastClock, out: TextIO) -> None:
    """Reads the page once and notes it down, with the series that a scrape adds."""
    began = time.time()
    with urllib.request.urlopen(url, timeout=5) as answer:
        page = answer.read().decode()
    lines = list(retimed(page, clock, began))
    at = clock.simulated(began)
    lines += [sample("up", None, "1", at), sample("scrape_duration_seconds", None, f"{time.time() - began:.6f}", at),
              sample("scrape_samples_scraped", None, str(len(lines)), at)]
    out.writelines(lines)


def gather(stage: Stage, binary: Path, folder: Path) -> tuple[Path, float, float]:
    """Plays the stage; the file with the samples, and the first and last instant in it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "samples.om"
    with ExitStack() as stack, open(file, "w", encoding="utf-8") as out:
        clock = FastClock(time.time(), stage.speed)
        servers: dict[str, tuple[Program, str]] = {}
        listed = []
        for seed, name in enumerate(stage.targets, 1):
            program, url, pin = stack.enter_context(simulator(
                binary, folder, name, "--simulation.speed", str(stage.speed), "--simulation.seed", str(seed)))
            servers[name] = (program, url)
            listed.append((name, url, pin))
        address = stack.enter_context(exporter(binary, folder, listed))
        play(stage, servers, f"http://{address}/metrics", clock, out)
        out.write("# EOF\n")
        return file, clock.began, clock.simulated(time.time())


def play(stage: Stage, servers: dict[str, tuple[Program, str]], page: str, clock: FastClock, out: TextIO) -> None:
    """Reads the page again and again, while servers fail as the stage says."""
    began, asleep, ordered = time.monotonic(), set(), set()
    try:
        while (share := (time.monotonic() - began) / stage.seconds) < 1:
            for name, start, end in stage.outages:
                if (start <= share < end) != (name in asleep):
                    servers[name][0].process.send_signal(signal.SIGCONT if name in asleep else signal.SIGSTOP)
                    asleep ^= {name}
            for fault in stage.faults:
                if (fault[1] <= share < fault[2]) != (fault in ordered):
                    server = servers[fault[0]][1]
                    take_back(server) if fault in ordered else order(server, fault[3])
                    ordered ^= {fault}
            read(page, clock, out)
            time.sleep(max(0.0, stage.pause - (time.monotonic() - began) % stage.pause))
    finally:
        for name in asleep:
            servers[name][0].process.send_signal(signal.SIGCONT)

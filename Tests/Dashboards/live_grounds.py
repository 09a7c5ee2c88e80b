"""The two grounds on which the dashboards have to stand: a demo that is scraped, and a year that is backfilled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from boards import ROOT, Board
from live_exporter import exporter, order
from live_programs import Program, run, simulator
from live_prometheus import Prometheus, backfill, prometheus, wait_for
from live_questions import Question
from live_variables import View, seconds

RULES = ROOT / "alerts" / "mailstore.rules.yml"
SPEED = 600
SCRAPES = 45
"""So many scrapes are enough data."""


@dataclass(frozen=True)
class Ground:
    """A Prometheus with data, and the time ranges to look at."""

    name: str
    server: Prometheus
    views: list[tuple[str, Callable[[Board], View]]]
    families: frozenset[str] | None = None
    """The metrics that it can have; None where it can have all."""

    def knows(self, question: Question) -> bool:
        """Whether the query reads only what the ground can have."""
        return self.families is None or question.metrics() <= self.families


def fast_rules(folder: Path) -> Path:
    """A copy of the rules that does not wait: what is wrong fires within seconds."""
    text = RULES.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(\s*)for: .*$", r"\1for: 2s", text)
    text = re.sub(r"(?m)^\s*(keep_firing_for|interval): .*\n", "", text)
    file = folder / "fast.rules.yml"
    file.write_text(text, encoding="utf-8")
    return file


@contextmanager
def scraped(binary: Path, prometheus_binary: str, _: str, folder: Path) -> Iterator[Ground]:
    """The demo, its server's clock sped up, scraped every second for about a minute with the rules loaded.

    The demo verifies every five minutes, which is long to wait for. So there is a second exporter that verifies every
    minute; and of the demo's server a fault is ordered, so that there are failed calls to be seen. A third one shows a
    Service Provider Edition.
    """
    with ExitStack() as stack:
        demo = stack.enter_context(Program("demo", [
            binary, "demo", "--simulation.speed", str(SPEED), "--collection.interval", "1s", "--state.directory",
            folder / "demo-state", "--web.listen-address", "127.0.0.1:0"], folder))
        addresses = [demo.logged(r"msg=listening address=(\S+)")[1]]
        _, url, pin = stack.enter_context(simulator(binary, folder, "second-simulator", "--simulation.speed", "30"))
        addresses.append(stack.enter_context(exporter(
            binary, folder / "second", [("second", url, pin)], 'verification: { schedule: "* * * * *" }')))
        provider = stack.enter_context(Program("provider", [
            binary, "demo", "--spe", "--instances", "14", "--simulation.speed", str(SPEED), "--collection.interval", "1s",
            "--state.directory", folder / "provider-state", "--web.listen-address", "127.0.0.1:0"], folder))
        addresses.append(provider.logged(r"msg=listening address=(\S+)")[1])
        lines = ["global: {scrape_interval: 1s, evaluation_interval: 1s}", f"rule_files: ['{fast_rules(folder)}']",
                 "scrape_configs:", "  - job_name: mailstore", "    static_configs:", f"      - targets: {addresses}"]
        server = stack.enter_context(prometheus(prometheus_binary, folder, "prometheus", "\n".join(lines) + "\n"))
        enough = f"count(count_over_time(mailstore_up[10m]) >= {SCRAPES}) == 3"
        wait_for(server, f"the exporters were scraped {SCRAPES} times", enough, 120)
        wait_for(server, "a rule fires", 'ALERTS{alertstate="firing"}', 20)
        order(demo.logged(r"\burl=(https://\S+)")[1], "function=GetActiveSessions&fault=status&value=500&times=3")
        wait_for(server, "a call fails", "sum(increase(mailstore_api_errors_total[10s])) > 0", 20)
        running = "mailstore_verification_running == 1 and mailstore_verification_messages_verified > 0"
        counted = f"sum(increase(mailstore_verification_runs_total[{SCRAPES}s])) > 0"
        found = wait_for(server, "one verification has ended, and another runs",
                         f"max(timestamp({running})) and on () ({counted})", 150)
        view = View(end=found[0].points[-1][1], range=SCRAPES, scrape=1)
        yield Ground("scraped", server, [(f"the last {SCRAPES} s", lambda _: view)])


@contextmanager
def backfilled(binary: Path, prometheus_binary: str, promtool: str, folder: Path) -> Iterator[Ground]:
    """A year of finished runs, printed by `history`, made into blocks, and nothing else."""
    samples, data = folder / "history.om", folder / "backfilled-data"
    password = folder / "password"
    password.write_text("simulated", encoding="utf-8")
    password.chmod(0o600)
    with simulator(binary, folder, "simulator", "--simulation.history", "365") as (_, url, pin):
        with open(samples, "wb") as out:
            run("the history", [
                binary, "history", "--since", "365d", "--mailstore.url", url, "--mailstore.username", "admin",
                "--mailstore.password-file", password, "--mailstore.pinned-public-key", pin,
                # Nothing scrapes an exporter here that would have counted some of it.
                "--without-state"], stdout=out)
    backfill(promtool, samples, data)
    families, last = contents(samples)
    with prometheus(prometheus_binary, folder, "prometheus-backfilled", data=data) as server:
        # Data of the past has no scrape interval; the default of Grafana's data source is 15 s.
        def own(board: Board) -> View:
            return View(end=last, range=seconds(board.data["time"]["from"]), scrape=15, aligned=True)

        yield Ground("backfilled", server, [
            ("the dashboard's own range", own),
            ("365 days", lambda _: View(end=last, range=365 * 86400, scrape=15, aligned=True))], families)


def contents(samples: Path) -> tuple[frozenset[str], float]:
    """The names of all metrics in a file of OpenMetrics, and its last instant."""
    names, last = set(), 0.0
    with open(samples, "rb") as lines:
        for line in lines:
            if not line.startswith(b"#"):
                names.add(line.split(b"{", 1)[0].split(b" ", 1)[0].decode())
                last = max(last, float(line.rsplit(b" ", 1)[1]))
    return frozenset(names), last

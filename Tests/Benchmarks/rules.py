#!/usr/bin/env python3
"""Measures how long a real Prometheus takes to evaluate the rules about many targets.

Usage: python Tests/Benchmarks/rules.py [--targets 1000] [--stores 20] [--jobs 10] [--profiles 10]
[--rules FILE] [--cycles 3] [--limit 5]

It writes series into blocks, one sample a minute and as far back as a rule looks, starts Prometheus on them, and asks for the time
of every rule in each cycle (/api/v1/rules). That time is longer while other programs keep the cores busy; the CPU time of the
whole program hardly is. With --limit it exits with 1 where a cycle takes longer.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median
from typing import Iterator, Sequence, TextIO

REPOSITORY = Path(__file__).resolve().parents[2]
# Of each kind of item, the series that rules read, and how their values follow from the time: fixed, or so long ago.
DAY = 86_400
# No rule about many items looks back more than a day.
MOST_MINUTES = 1440
ITEMS = {
    "store": (
        ("store_messages", {}, 1000.0),
        ("store_state", {"state": "current"}, 1.0),
        ("store_error", {}, 0.0),
        ("store_needs_upgrade", {}, 0.0),
        ("store_search_indexes_need_rebuild", {}, 0.0),
        ("verification_last_result", {"result": "succeeded"}, 1.0),
        ("verification_last_result", {"result": "failed"}, 0.0),
        ("verification_last_result", {"result": "cancelled"}, 0.0),
        ("verification_last_result", {"result": "lost"}, 0.0),
        ("verification_last_completion_timestamp_seconds", {}, -DAY),
        ("verification_last_success_timestamp_seconds", {}, -DAY),
        ("verification_last_failure_timestamp_seconds", {}, -30 * DAY),
        ("verification_expected_interval_seconds", {}, 7.0 * DAY),
        ("verification_runs_total", {"source": "job", "result": "succeeded"}, 5.0),
        ("verification_runs_total", {"source": "exporter", "result": "succeeded"}, 0.0),
        ("verification_running", {}, 0.0),
        ("verification_messages_verified", {}, 1000.0),
        ("verification_log_error_lines", {}, 0.0),
    ),
    "job": (
        ("job_enabled", {}, 1.0),
        ("job_consecutive_failures", {}, 0.0),
        ("job_last_success_timestamp_seconds", {}, -3600),
        ("job_last_failure_timestamp_seconds", {}, -30 * DAY),
        ("job_expected_interval_seconds", {}, float(DAY)),
        ("job_runs_total", {"result": "succeeded"}, 100.0),
        ("job_runs_total", {"result": "completedWithWarnings"}, 0.0),
    ),
    "profile": (
        ("profile_consecutive_failures", {}, 0.0),
        ("profile_last_success_timestamp_seconds", {}, -3600),
        ("profile_last_failure_timestamp_seconds", {}, -30 * DAY),
        ("profile_last_nonzero_run_timestamp_seconds", {}, -3600),
        ("profile_expected_interval_seconds", {}, float(DAY)),
        ("profile_last_result", {"result": "completedWithErrors"}, 0.0),
        ("profile_runs_total", {"result": "succeeded"}, 100.0),
        ("profile_runs_total", {"result": "completedWithWarnings"}, 0.0),
    ),
}
# Rules that read their own values of the last hours: they need a past too.
REMEMBERED = {
    "store": ("store:mailstore_verification_failed:last",)
    + tuple(f"store:mailstore_verification_expected:{what}_timestamp_seconds" for what in ("seen", "since")),
    "job": tuple(f"job:mailstore_job_expected:{what}_timestamp_seconds" for what in ("seen", "since")),
    "profile": tuple(f"profile:mailstore_profile_expected:{what}_timestamp_seconds" for what in ("seen", "since")),
}
REMEMBERED_VALUE = {"last": 0.0, "seen": -60, "since": 1.6e9}
COLLECTORS = ("server", "license", "users", "sessions", "stores", "jobs", "profiles")
REASONS = ("connect", "timeout", "unauthorized", "api_error")


def series(options: argparse.Namespace) -> Iterator[tuple[str, str, float]]:
    """All series: the metric, its labels, and the value; a negative one is an age, and the sample is a moment."""
    for number in range(options.targets):
        base = f'job="mailstore",instance="exporter-{number // 100}:9463",target="target{number:04}"'
        yield "mailstore_up", base, 1
        yield "mailstore_license_named_users", base, 50
        yield "mailstore_license_max_named_users", base, 100
        yield "mailstore_api_clock_skew_seconds", base, 0.1
        yield "mailstore_api_certificate_not_after_timestamp_seconds", base, 4e9
        yield "mailstore_stores", base, options.stores
        for collector in COLLECTORS:
            yield "mailstore_collector_interval_seconds", f'{base},collector="{collector}"', 60
            yield "mailstore_collector_last_success_timestamp_seconds", f'{base},collector="{collector}"', -30
            yield "mailstore_collector_supported", f'{base},collector="{collector}"', 1
            yield "mailstore_api_requests_total", f'{base},function="Get{collector}"', 100
            for reason in REASONS:
                yield "mailstore_api_errors_total", f'{base},function="Get{collector}",reason="{reason}"', 0
        for kind, count in (("store", options.stores), ("job", options.jobs), ("profile", options.profiles)):
            action = ',action="CreateBackup"' if kind == "job" else ""
            for item in range(count):
                labels = f'{base},{kind}_id="{item}",{kind}_name="Name {item}"{action}'
                for name in REMEMBERED[kind]:
                    yield name, f'{base},{kind}_id="{item}"', REMEMBERED_VALUE[name.rpartition(":")[2].partition("_")[0]]
                for metric, more, value in ITEMS[kind]:
                    yield f"mailstore_{metric}", labels + "".join(f',{key}="{text}"' for key, text in more.items()), value
    for number in range(-(-options.targets // 100)):
        base = f'job="mailstore",instance="exporter-{number}:9463"'
        yield "up", base, 1
        yield "process_start_time_seconds", base, -10 * DAY
        yield "mailstore_exporter_config_last_reload_successful", base, 1
        yield "mailstore_exporter_state_save_failures_total", base, 0


def minutes_back(rules: str) -> dict[str, int]:
    """How many minutes of each metric the rules read: the longest range, with its offset."""
    units = {"m": 1, "h": 60, "d": 1440, "w": 10_080}
    found: dict[str, int] = {}
    for name, number, unit, ago, ago_unit in re.findall(
        r"([a-z_]+:?[a-z_]*:?[a-z_0-9]*)(?:\{[^}]*\})?\[(\d+)([mhdw])\](?: offset (\d+)([mhdw]))?", rules
    ):
        reach = int(number) * units[unit] + (int(ago) * units[ago_unit] if ago else 0)
        found[name] = max(found.get(name, 0), reach)
    return found


def write(file: TextIO, options: argparse.Namespace, last: int) -> tuple[int, int]:
    """Writes the series as OpenMetrics; returns how many series and samples there are."""
    reach = minutes_back(options.rules.read_text(encoding="utf-8"))
    by_name: dict[str, list[tuple[str, float]]] = {}
    for name, labels, value in series(options):
        by_name.setdefault(name, []).append((labels, value))
    samples = 0
    for name, members in by_name.items():
        kind = "counter" if name.endswith("_total") else "gauge"
        file.write(f"# TYPE {name.removesuffix('_total')} {kind}\n")
        moments = range(last - 60 * (min(reach.get(name, 0), MOST_MINUTES) + options.ahead + 10), last + 1, 60)
        samples += len(moments) * len(members)
        for labels, value in members:
            line = f"{name}{{{labels}}} "
            if value < 0:
                file.writelines([f"{line}{moment + value:.0f} {moment}\n" for moment in moments])
            else:
                file.writelines([f"{line}{value:.17g} {moment}\n" for moment in moments])
    file.write("# EOF\n")
    return sum(map(len, by_name.values())), samples


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int) -> list[dict[str, object]]:
    """The groups of rules as Prometheus reports them."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/rules", timeout=60) as reply:
        return list(json.load(reply)["data"]["groups"])


def measure(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, list[float]]]:
    """The seconds of each rule of each group in some cycles."""
    now = int(time.time()) // 60 * 60
    last = now + 60 * options.ahead
    path = folder / "series.txt"
    with path.open("w", encoding="utf-8") as file:
        number, samples = write(file, options, last)
    print(f"{number} series of {options.targets} targets, {samples} samples", flush=True)
    data = folder / "data"
    command = ["promtool", "tsdb", "create-blocks-from", "--quiet", "--max-block-duration=744h", "openmetrics"]
    subprocess.run([*command, str(path), str(data)], check=True, stdout=subprocess.DEVNULL)
    path.unlink()
    configuration = folder / "prometheus.yml"
    configuration.write_text(f"global: {{evaluation_interval: 1m}}\nrule_files: [{options.rules.resolve()}]\n", encoding="utf-8")
    port = free_port()
    with (folder / "log").open("w", encoding="utf-8") as log:
        program = subprocess.Popen(
            ["prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={data}"]
            + [f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=10y"],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            return follow(port, options.cycles, program.pid)
        finally:
            program.terminate()
            program.wait()


def processor_seconds(process: int) -> float:
    """The CPU time of a process, of user and system."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def follow(port: int, cycles: int, process: int) -> dict[str, dict[str, list[float]]]:
    """Waits until every group was evaluated so often; the first time, which fills caches, does not count."""
    begun = (0.0, 0.0)
    seen: dict[str, dict[str, list[float]]] = {}
    known: dict[str, str] = {}
    while not known or min(len(one["whole group"]) for one in seen.values()) < cycles + 1:
        time.sleep(2)
        try:
            groups = ask(port)
        except OSError:
            continue
        if not begun[0] and known and min(len(one["whole group"]) for one in seen.values()) >= 1:
            begun = time.monotonic(), processor_seconds(process)
        for group in groups:
            name, when = str(group["name"]), str(group["lastEvaluation"])
            rules = seen.setdefault(name, {"whole group": []})
            if when != known.get(name) and not when.startswith("0001"):
                known[name] = when
                rules["whole group"].append(float(str(group["evaluationTime"])))
                for at, rule in enumerate(group["rules"]):  # type: ignore[arg-type, var-annotated]
                    rules.setdefault(f"{at:02} {rule['name']}", []).append(float(rule["evaluationTime"]))
            known.setdefault(name, "")
    spent = (processor_seconds(process) - begun[1]) / (time.monotonic() - begun[0]) * 60
    print(f"{spent:8.2f} s  of CPU time a minute")
    return {group: {name: times[1:] for name, times in rules.items()} for group, rules in seen.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measures how long Prometheus takes to evaluate the rules.")
    for name, default in (("targets", 1000), ("stores", 20), ("jobs", 10), ("profiles", 10), ("cycles", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--ahead", type=int, default=12, help="minutes of samples beyond now, so that no series ends")
    parser.add_argument("--rules", type=Path, default=REPOSITORY / "alerts" / "mailstore.rules.yml")
    parser.add_argument("--limit", type=float, help="fail if the median cycle takes longer, in seconds")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="rules-") as folder:
        seen = measure(Path(folder), options)
    whole = 0.0
    rows = []
    for group, rules in seen.items():
        whole += median(rules.pop("whole group"))
        rows += [(median(times), group, name) for name, times in rules.items()]
    for seconds, group, name in sorted(rows, reverse=True)[:25]:
        print(f"{seconds:8.3f} s  {group} {name}")
    print(f"{whole:8.2f} s  all rules, sum of the median of each group over {options.cycles} cycles")
    return 1 if options.limit and whole > options.limit else 0


if __name__ == "__main__":
    sys.exit(main())

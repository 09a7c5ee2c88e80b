"""Kills the exporter again and again at random moments, and checks that every run is counted exactly once.

    python3 Tests/Soak/kills.py --exporter .build/release/mailstore_exporter --kills 1000

The simulated server's clock runs fast, so that nearly every life of the exporter reads and saves new runs. Each life lasts
between a moment and two thirds of a second, and SIGKILL can hit any write. At the end, every target must have counted
exactly the server's own runs, and the state must never have been put aside. With --spe the server is a Service Provider
Edition, and every instance must have counted its own runs.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import soak


def main() -> int:
    """Parse the arguments and run; returns the exit code."""
    parser = argparse.ArgumentParser(description="Kills the exporter at random moments, and compares its counts.")
    parser.add_argument("--exporter", required=True)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--speed", type=float, default=3000, help="simulated seconds in a real one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spe", action="store_true", help="count the runs of instances")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    soak.INTERVALS = "{server: 1s, license: 10s, users: 10s, sessions: 5s, stores: 1s, jobs: 1s, profiles: 1s, " \
        "environment: 1s, instances: 1s}"
    # Those with these numbers have nothing odd.
    instances = ("kunde0001", "kunde0002") if arguments.spe else ()
    more = ("--spe", "--instances", str(len(instances))) if instances else ()
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        folder = Path(name)
        server = soak.Server(arguments.exporter, arguments.speed, folder / "server.log", *more)
        exporter = soak.Exporter(arguments.exporter, folder, server)
        try:
            return run(arguments.kills, chance, exporter, server, instances)
        finally:
            for process in (server.process, exporter.process):
                if process and process.poll() is None:
                    process.kill()
                    process.wait()


def run(
        kills: int, chance: random.Random, exporter: soak.Exporter, server: soak.Server,
        instances: tuple[str, ...]) -> int:
    """Kill the exporter, and compare; returns the exit code."""
    for number in range(1, kills + 1):
        exporter.launch()
        time.sleep(chance.uniform(0, 0.66))
        exporter.end(signal.SIGKILL)
        if number % 100 == 0:
            print(f"{number} kills, {sum(server.totals(*instances).values())} runs on the server", flush=True)
    server.control("clock?speed=1")
    exporter.start()
    expected, wrong = {}, {}
    for _ in range(60):
        time.sleep(1)
        expected = server.totals(*instances)
        counted = {target: exporter.totals(target) for target in soak.TARGETS}
        wrong = {(target, key): (expected.get(key, 0), counts.get(key, 0)) for target, counts in counted.items()
                 for key in expected.keys() | counts.keys() if expected.get(key, 0) != counts.get(key, 0)}
        if not wrong:
            break
    code = exporter.end(signal.SIGTERM)
    aside = sorted(path.name for path in (exporter.folder / "state").iterdir() if "db." in path.name)
    print(f"{kills} kills, {sum(expected.values())} runs, {len(wrong)} counts differ, {len(aside)} files put aside")
    if wrong or aside or code != 0:
        print(f"FAIL: expected and counted: {wrong}; put aside: {aside}; exit code {code}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs the exporter for long against a simulated server with faults, and checks that nothing grows and nothing is lost.

    python3 Tests/Soak/soak.py --exporter .build/release/mailstore_exporter --seconds 3600

The simulated server's clock runs fast, so that an hour has two months of runs. In every round of faults the server hangs,
fails, cuts replies, restarts, jumps ahead in time and changes its password; the configuration is reloaded, and slow
clients hold connections. One exporter runs through all of it. Another one with the same targets is killed in every round.
At the end, both must have counted exactly the server's own runs, and the memory, descriptors, threads, state and CPU time
of the first one must not have grown, except that state and CPU time may grow as the runs do that are remembered: those
since nine days before the clock that is behind, and the server's clock runs away from the exporter's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

#: Targets on the same server, so that their pages and files can be compared with each other.
TARGETS = ("one", "two")
INTERVALS = "{server: 2s, license: 10s, users: 10s, sessions: 5s, stores: 5s, jobs: 3s, profiles: 3s}"
FAULTS = ("hang", "truncate", "disconnect", "badJSON", "html", "status&value=500", "status&value=503", "delay&value=3",
          "error&value=System.TimeoutException:late")
#: How much the last rounds may exceed the first: a factor, and an amount on top.
LIMITS = {"resident": (1.25, 8 << 20), "descriptors": (1.0, 4), "threads": (1.0, 2), "state": (1.5, 64 << 10),
          "cpu": (2.0, 0.5)}
#: What may grow with the runs that are remembered, and the days for which they are if both clocks agree.
PER_RUN = ("state", "cpu")
MEMORY = 9
SAMPLE = re.compile(r"^(\w+)\{(.*)\} (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
NOT_VERIFIED = ssl._create_unverified_context()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The simulated server, a process of its own."""

    def __init__(self, exporter: str, speed: float, log: Path, *options: str) -> None:
        self.port = free_port()
        self.password = "simulated"
        self.process = subprocess.Popen(
            [exporter, "simulate", "--port", str(self.port), "--simulation.speed", str(speed), *options],
            stderr=log.open("wb"))
        pin = None
        for _ in range(600):
            pin = re.search(r"pinned_public_key=\"?(sha256//[^\s\"]+)", log.read_text(encoding="utf-8"))
            if pin or self.process.poll() is not None:
                break
            time.sleep(0.1)
        if not pin:
            raise SystemExit(f"the simulated server does not start: {log.read_text(encoding='utf-8')}")
        self.pin = pin[1]

    def control(self, path: str, method: str = "POST") -> dict:
        """Call a control page."""
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}/simulator/{path}", method=method)
        with urllib.request.urlopen(request, timeout=60, context=NOT_VERIFIED) as reply:
            return json.load(reply)

    def days_ahead(self) -> float:
        """How far its clock is ahead of the exporter's."""
        return (self.control("state", "GET")["now"] - time.time()) / 86_400

    def totals(self, *instances: str) -> dict[tuple[str, str, str, str], int]:
        """The runs so far, by instance, kind, id and result."""
        states = {instance: self.control(f"state?instance={instance}" if instance else "state", "GET")
                  for instance in instances or ("",)}
        return {(instance, kind, str(item["id"]), result): count
                for instance, state in states.items() for kind in ("job", "profile")
                for item in state[kind + "s"] for result, count in item["runs"].items()}


class Exporter:
    """An exporter under test."""

    def __init__(self, program: str, folder: Path, server: Server) -> None:
        self.program = program
        self.folder = folder
        self.server = server
        self.port = free_port()
        self.targets: tuple[str, ...] = TARGETS
        self.process: subprocess.Popen | None = None
        self.log = (folder / "log").open("wb")
        self.write_password()
        self.write_configuration()

    def write_password(self) -> None:
        """Write the server's password of now."""
        path = self.folder / "password"
        path.touch(mode=0o600)
        path.write_text(self.server.password + "\n", encoding="utf-8")

    def write_configuration(self, timeout: str = "10s") -> None:
        """Write a configuration with the targets of now."""
        targets = [{"name": name, "url": f"https://127.0.0.1:{self.server.port}", "username": "admin",
                    "password_file": str(self.folder / "password"), "tls": {"pinned_public_key": self.server.pin}}
                   for name in self.targets]
        (self.folder / "config.yml").write_text(
            f"targets: {json.dumps(targets)}\ncollection: {{timeout: {timeout}, connect_timeout: 2s, max_age: 30s, "
            f"intervals: {INTERVALS}}}\nstate_directory: {self.folder}/state\n", encoding="utf-8")

    def launch(self) -> None:
        """Start the program."""
        self.process = subprocess.Popen(
            [self.program, "--config.file", f"{self.folder}/config.yml", "--web.listen-address",
             f"127.0.0.1:{self.port}"], stderr=self.log)

    def start(self) -> None:
        """Start the program, and wait until it answers."""
        self.launch()
        for _ in range(300):
            if self.process.poll() is not None:
                log = (self.folder / "log").read_text(encoding="utf-8")
                raise SystemExit(f"the exporter ended with {self.process.returncode}: {log[-1000:]}")
            try:
                self.page()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the exporter does not answer")

    def reload(self) -> None:
        """Have it read its configuration again."""
        self.process.send_signal(signal.SIGHUP)

    def end(self, number: int) -> int:
        """End it with a signal."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def page(self) -> list[tuple[str, dict[str, str], float]]:
        """The samples with labels of the page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=20) as reply:
            lines = reply.read().decode().splitlines()
        found = (SAMPLE.match(line) for line in lines)
        return [(match[1], dict(LABEL.findall(match[2])), float(match[3])) for match in found if match]

    def totals(self, target: str) -> dict[tuple[str, str, str, str], int]:
        """The counted runs of a target; those at 0 are left out."""
        return {(labels.get("instance_id", ""), kind, labels[kind + "_id"], labels["result"]): int(value)
                for name, labels, value in self.page() for kind in ("job", "profile")
                if name == f"mailstore_{kind}_runs_total" and labels["target"] == target and value}

    def figures(self) -> dict[str, float]:
        """What must not grow."""
        process = Path("/proc", str(self.process.pid))
        status = (process / "status").read_text(encoding="utf-8")
        fields = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        state = (self.folder / "state").rglob("*")
        return {
            "resident": int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024,
            "descriptors": len(os.listdir(process / "fd")),
            "threads": int(re.search(r"Threads:\s+(\d+)", status)[1]),
            "state": sum(file.stat().st_size for file in state if file.is_file()),
            "cpu": (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
        }


class Soak:
    """The whole run."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.random = random.Random(options.seed)
        self.folder = folder
        self.options = options
        self.server = Server(options.exporter, options.speed, folder / "server.log")
        self.exporters = []
        for name in ("steady", "killed"):
            (folder / name).mkdir()
            self.exporters.append(Exporter(options.exporter, folder / name, self.server))
        self.steady, self.killed = self.exporters
        self.slow: list[socket.socket] = []
        self.rounds: list[dict[str, float]] = []
        self.failures: list[str] = []
        self.highest: dict[tuple, int] = {}

    def run(self) -> int:
        """Run all rounds; returns the exit code."""
        for exporter in self.exporters:
            exporter.start()
        self.settle("the first reading")
        end = time.monotonic() + self.options.seconds
        while time.monotonic() < end or len(self.rounds) < 4:
            self.round()
        self.compare()
        self.report()
        for exporter in self.exporters:
            if exporter.end(signal.SIGTERM) != 0:
                self.failures.append(f"{exporter.folder.name}: ended with {exporter.process.returncode}")
        for failure in self.failures:
            print("FAIL:", failure)
        return 1 if self.failures else 0

    def round(self) -> None:
        """One round of every kind of fault, in another order each time."""
        steps = [self.fault, self.fault, self.fault, self.hang, self.restart, self.change_password, self.jump,
                 self.change_targets, self.slow_clients, self.kill]
        self.random.shuffle(steps)
        before = self.steady.figures()["cpu"]
        for step in steps:
            step()
            self.scrape()
        self.calm()
        figures = self.steady.figures()
        figures["cpu"] -= before
        figures["days"] = self.server.days_ahead()
        self.rounds.append(figures)
        print(f"round {len(self.rounds)}: " + ", ".join(f"{name} {value:.0f}" for name, value in figures.items()),
              flush=True)

    def wait(self, shortest: float = 1, longest: float = 3) -> None:
        """Let it work for a while, and scrape meanwhile."""
        end = time.monotonic() + self.random.uniform(shortest, longest)
        while time.monotonic() < end:
            self.scrape()
            time.sleep(0.5)

    def scrape(self) -> None:
        """Scrape both; a counter never decreases, even in an exporter that was killed."""
        for exporter in self.exporters:
            for name, labels, value in exporter.page():
                if not name.endswith("_runs_total"):
                    continue
                key = (exporter.folder.name, name, *sorted(labels.items()))
                if value < self.highest.get(key, 0):
                    self.failures.append(f"{key} fell from {self.highest[key]} to {value}")
                self.highest[key] = value

    def fault(self) -> None:
        """A fault of some function, or of all."""
        function = self.random.choice(["*", "GetStores", "GetJobResults", "GetWorkerResults", "get-metadata"])
        fault = self.random.choice(FAULTS)
        self.server.control(f"faults?function={urllib.parse.quote(function)}&fault={fault}")
        self.wait(2, 5)
        self.server.control("faults/clear")

    def hang(self) -> None:
        """The server's machine stands still."""
        self.server.process.send_signal(signal.SIGSTOP)
        self.wait(2, 6)
        self.server.process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """The server forgets its sessions."""
        self.server.control("restart")
        self.wait()

    def change_password(self) -> None:
        """The password changes, and is told to the exporters later."""
        self.server.password = f"password-{self.random.random()}"
        self.server.control(f"password?value={self.server.password}")
        self.wait(1, 4)
        for exporter in self.exporters:
            exporter.write_password()
            exporter.reload()
        self.wait()

    def jump(self) -> None:
        """The server's clock steps ahead; the header Date is off for a moment."""
        self.server.control(f"clock?advance={self.random.randint(1, 7200)}")
        self.wait()
        self.server.control(f"clock?dateOffset={self.random.randint(-120, 120)}")
        self.wait()
        self.server.control("clock?dateOffset=0")

    def change_targets(self) -> None:
        """A target is removed and comes back; another time-out restarts all of them."""
        for targets, timeout in (TARGETS[:1], "10s"), (TARGETS, "11s"), (TARGETS, "10s"):
            for exporter in self.exporters:
                exporter.targets = targets
                exporter.write_configuration(timeout)
                exporter.reload()
            self.wait()
        # The counters of a removed target come back from its state.

    def slow_clients(self) -> None:
        """Clients that send or read next to nothing."""
        for connection in self.slow:
            connection.close()
        self.slow = []
        for number in range(40):
            connection = socket.create_connection(("127.0.0.1", self.steady.port), timeout=5)
            connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + (b"\r\n" if number % 2 else b"X-Slow: "))
            self.slow.append(connection)
        self.wait()

    def kill(self) -> None:
        """The other exporter is killed, and started again some time later."""
        self.killed.end(signal.SIGKILL)
        self.exporters = [self.steady]
        self.wait(0, 3)
        self.exporters = [self.steady, self.killed]
        self.killed.start()

    def calm(self) -> None:
        """Without faults, everything works again soon."""
        for connection in self.slow:
            connection.close()
        self.slow = []
        self.server.control("faults/clear")
        self.settle(f"round {len(self.rounds) + 1}")

    def settle(self, what: str) -> None:
        """Wait until every collector of every target has worked once more."""
        start = time.time()
        expected = {(target, collector) for target in TARGETS
                    for collector in ("server", "license", "users", "sessions", "stores", "jobs", "profiles")}
        missing = expected
        for _ in range(600):
            missing = set()
            for exporter in self.exporters:
                missing |= expected - {
                    (labels["target"], labels["collector"]) for name, labels, value in exporter.page()
                    if name == "mailstore_collector_last_success_timestamp_seconds" and value > start}
            if not missing:
                return
            time.sleep(0.5)
        self.failures.append(f"after {what} these collectors do not work again: {sorted(missing)}")

    def compare(self) -> None:
        """Compare what was counted with the server's own runs."""
        self.server.control("clock?speed=0")
        expected = self.server.totals()
        print(f"the server had {sum(expected.values())} runs")
        for exporter in self.exporters:
            for target in TARGETS:
                for _ in range(120):
                    found = exporter.totals(target)
                    if found == expected:
                        break
                    time.sleep(0.5)
                else:
                    wrong = {key: (expected.get(key, 0), found.get(key, 0))
                             for key in expected.keys() | found.keys() if expected.get(key, 0) != found.get(key, 0)}
                    self.failures.append(f"{exporter.folder.name}, {target}: expected and counted differ: {wrong}")

    def report(self) -> None:
        """Print the figures of the first rounds and of the last ones, and check the limits."""
        # The first round fills caches.
        count = max(1, (len(self.rounds) - 1) // 3)
        days = [statistics.median(entry["days"] for entry in entries) + MEMORY
                for entries in (self.rounds[1:1 + count], self.rounds[-count:])]
        print(f"days of remembered runs: {days[0]:.1f} at first, {days[1]:.1f} at last")
        for name, (factor, more) in LIMITS.items():
            first = statistics.median(entry[name] for entry in self.rounds[1:1 + count])
            last = statistics.median(entry[name] for entry in self.rounds[-count:])
            print(f"{name}: {first:.1f} at first, {last:.1f} at last")
            growth = days[1] / days[0] if name in PER_RUN else 1
            if last > first * growth * factor + more:
                self.failures.append(f"{name} grew from {first:.1f} to {last:.1f}")


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exporter", required=True, help="the program")
    parser.add_argument("--seconds", type=float, default=3600, help="how long to run")
    parser.add_argument("--speed", type=float, default=1500, help="simulated seconds in a real one")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="decides the order of faults")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soak = None
        try:
            soak = Soak(options, Path(folder))
            return soak.run()
        finally:
            if soak:
                soak.server.process.send_signal(signal.SIGCONT)
                for process in [soak.server.process, *(exporter.process for exporter in (soak.steady, soak.killed))]:
                    if process and process.poll() is None:
                        process.kill()
                        process.wait()


if __name__ == "__main__":
    sys.exit(main())

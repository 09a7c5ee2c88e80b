"""Runs fuzz targets one after the other, and prints a line for each.

    python3 Tests/Fuzz/run.py --program .build-fuzz/release/fuzz --seconds 60 [--target NAME]

Inputs that reach new code are kept beside the program, and the next run continues with them. An input that breaks a
promise, crashes, takes longer than 10 seconds or needs more than 1 GiB is kept there too; the run then fails.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1")
#: The dictionary of each target; the others need none.
DICTIONARIES = {target: dictionary for dictionary, targets in {
    "json": "collection json indented-json reply process stores jobs profiles job-results worker-results server-info license users "
            "sessions metadata",
    "time": "date-time http-date schedule duration",
    "yaml": "configuration web-configuration",
    "state": "state",
    "web": "accept request",
    "pem": "certificate identity",
}.items() for target in targets.split()}
COLUMNS = "{:<18}{:>14}{:>10}{:>9}{:>10}{:>9}  {}"


def number(pattern: str, log: str) -> str:
    """The last number that a pattern finds in libFuzzer's log."""
    found = re.findall(pattern, log)
    return found[-1] if found else "?"


def command(program: Path, name: str, seconds: int) -> list[str]:
    """The command that fuzzes a target."""
    work, finds = program.parent / "corpus" / name, program.parent / "finds"
    for folder in (work, finds):
        folder.mkdir(parents=True, exist_ok=True)
    seeds = FOLDER / "Corpus" / name
    # Longer inputs rarely reach new code, and take longer.
    longest = max(512, 2 * max(seed.stat().st_size for seed in seeds.iterdir()))
    dictionary = [f"-dict={FOLDER}/Dictionaries/{DICTIONARIES[name]}.dict"] if name in DICTIONARIES else []
    return [str(program), name, *LIMITS, f"-max_total_time={seconds}", f"-artifact_prefix={finds}/{name}-",
            f"-max_len={longest}", *dictionary, str(work), str(seeds)]


def fuzz(program: Path, name: str, seconds: int) -> str | None:
    """Fuzz a target and print its line; returns the file of what was found."""
    # The fault's own message is enough, and Swift's backtrace takes the signal that libFuzzer needs.
    environment = os.environ | {"SWIFT_BACKTRACE": "enable=no"}
    done = subprocess.run(command(program, name, seconds), env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=False)
    log = done.stderr.decode(errors="replace")
    find = number(r"Test unit written to (\S+)", log)
    print(COLUMNS.format(
        name, number(r"executed_units: +(\d+)", log), number(r"exec_per_sec: +(\d+)", log),
        number(r"corp: (\d+)", log), number(r"cov: (\d+)", log), number(r"peak_rss_mb: +(\d+)", log),
        "-" if done.returncode == 0 else find), flush=True)
    if done.returncode == 0:
        return None
    # The broken promise comes before libFuzzer's own line about the signal.
    fault = re.search(r"Fatal error: (.*)", log) or re.search(r"ERROR: (.*)", log)
    print(fault[1] if fault else "It ended without a message.")
    if find == "?":
        print(log[-2000:])
    else:
        print(f"Replay it: {program} {name} {find}")
    return find


def main() -> int:
    """Fuzz the targets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True, help="the fuzz program")
    parser.add_argument("--seconds", type=int, default=60, help="how long each target runs")
    parser.add_argument("--target", action="append", help="a target; default: all")
    options = parser.parse_args()
    program = options.program.resolve()
    # The program would fuzz the target that make passes on in this variable, and never end.
    environment = {name: value for name, value in os.environ.items() if name != "FUZZ_TARGET"}
    known = subprocess.run([program], stdout=subprocess.PIPE, check=True, text=True, env=environment).stdout.split()
    if unknown := set(options.target or []) - set(known):
        print(f"There is no target {', '.join(sorted(unknown))}; the targets are {', '.join(known)}.", file=sys.stderr)
        return 2
    print(COLUMNS.format("target", "executions", "a second", "corpus", "coverage", "MiB", "found"))
    finds = [find for name in options.target or known if (find := fuzz(program, name, options.seconds))]
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())

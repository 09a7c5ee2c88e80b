"""Runs promtool on many files at once: starting it costs more than most of what it does here."""

from __future__ import annotations

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Sequence

# Files a process; small enough that two processes share the work evenly.
BATCH = 24
TIMEOUT_SECONDS = 300


class PromtoolError(Exception):
    """promtool could not be run, or said nothing about a file."""


def check_rules(files: Sequence[Path], jobs: int) -> dict[Path, str]:
    """What `promtool check rules` has against each file that it cannot load."""
    return _failures(["check", "rules", "--lint=none"], "Checking ", files, jobs)


def test_rules(files: Sequence[Path], jobs: int) -> dict[Path, str]:
    """What `promtool test rules` has against each test file that fails."""
    return _failures(["test", "rules"], "Unit Testing:  ", files, jobs)


def _failures(command: list[str], heading: str, files: Sequence[Path], jobs: int) -> dict[Path, str]:
    batches = [list(files[at : at + BATCH]) for at in range(0, len(files), BATCH)]
    failures: dict[Path, str] = {}
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for found in pool.map(lambda batch: _run(command, heading, batch), batches):
            failures.update(found)
    return failures


def _run(command: list[str], heading: str, files: list[Path]) -> dict[Path, str]:
    program = os.environ.get("PROMTOOL", "promtool")
    # One thread each: the processes are the parallelism.
    environment = {**os.environ, "GOMAXPROCS": "1"}
    try:
        done = subprocess.run(
            [program, *command, *map(str, files)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_SECONDS,
            env=environment,
            check=False,
        )
    except FileNotFoundError as error:
        raise PromtoolError(f"{program} is not there: install Prometheus, or set PROMTOOL to its path") from error
    except subprocess.TimeoutExpired as error:
        raise PromtoolError(f"{program} {' '.join(command)} took over {TIMEOUT_SECONDS} s: {files}") from error
    parts = re.split(rf"^{re.escape(heading)}(.*)\n", done.stdout, flags=re.MULTILINE)
    said = dict(zip(parts[1::2], parts[2::2]))
    failures: dict[Path, str] = {}
    for file in files:
        if str(file) not in said:
            raise PromtoolError(f"{program} {' '.join(command)} said nothing about {file}:\n{done.stdout[-2000:]}")
        if not said[str(file)].lstrip().startswith("SUCCESS"):
            failures[file] = said[str(file)].strip()
    return failures

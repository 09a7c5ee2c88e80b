"""Programs that a check starts: found to be ready by what they log, ended by their own handle, whatever happens."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

Answer = TypeVar("Answer")


class LiveError(Exception):
    """Something that the whole run cannot go on without; the text says what to do."""


def eventually(what: str, seconds: float, ask: Callable[[], Answer | None], pause: float = 0.2) -> Answer:
    """Asks until there is an answer that is true, or gives up after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise LiveError(f"gave up after {seconds:.0f} s of waiting until {what}")
        time.sleep(pause)


class Program:
    """A program that runs until the `with` block is left; its log goes into a file."""

    def __init__(self, name: str, command: Sequence[str | Path], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with open(self.log, "wb") as log:
            try:
                self.process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log)
            except OSError as error:
                raise LiveError(f"{name}: {command[0]} cannot be started: {error.strerror}") from error

    def __enter__(self) -> Program:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()

    def logged(self, pattern: str, seconds: float = 20) -> re.Match[str]:
        """What the pattern found in the log, as soon as it stands there."""
        def look() -> re.Match[str] | None:
            text = self.log.read_text(encoding="utf-8", errors="replace")
            if self.process.poll() is not None:
                raise LiveError(f"{self.name} ended with code {self.process.returncode}:\n{text[-2000:]}")
            return re.search(pattern, text)
        return eventually(f"{self.name} logs {pattern}", seconds, look, pause=0.05)

    def stop(self) -> None:
        """Asks it to end; where it does not listen, it is made to."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def run(what: str, command: Sequence[str | Path], **options: object) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end, which has to be a good one."""
    try:
        done = subprocess.run([str(part) for part in command], text=True, stderr=subprocess.PIPE, **options)
    except OSError as error:
        raise LiveError(f"{what}: {command[0]} cannot be started: {error.strerror}") from error
    if done.returncode != 0:
        raise LiveError(f"{what}: {command[0]} ended with code {done.returncode}:\n{done.stderr[-2000:]}")
    return done


@contextmanager
def simulator(binary: Path, folder: Path, name: str, *options: str) -> Iterator[tuple[Program, str, str]]:
    """A simulated server on a free port: the program, its URL and the pin of its key."""
    with Program(name, [binary, "simulate", "--port", "0", *options], folder) as program:
        url = program.logged(r"\burl=(https://\S+)\s")[1]
        yield program, url, program.logged(r'pinned_public_key="?([^\s"]+)')[1]

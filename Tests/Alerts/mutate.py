#!/usr/bin/env python3
"""Mutation run over the rules: makes one plausible mistake at a time and sees whether the unit tests notice.

Usage: python Tests/Alerts/mutate.py [--alert NAME]... [--list] [--directory alerts] [--jobs 2]

Exits with 1 where a mutant survives. What to do then: add to alerts/tests/*.yml a test that tells the rule from the
mutant; or, where the two mean the same, write the rule in a simpler way, so that the mutant cannot be made.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Sequence

import promql_parser

import promtool
from isolation import Piece, pieces, rules_text
from mutations import Mutant, mutants
from rulefiles import FileError, Rule, load_directory

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Outcome:
    """What became of the mutants."""

    killed: list[Mutant] = field(default_factory=list)
    survived: list[Mutant] = field(default_factory=list)
    invalid: list[Mutant] = field(default_factory=list)


class Run:
    """A mutation run in a temporary folder."""

    def __init__(self, directory: Path, workspace: Path, jobs: int) -> None:
        self.rules, self.tests = load_directory(directory)
        self.workspace = workspace
        self.jobs = jobs
        self.pieces: dict[Rule, list[Piece]] = {}

    def mutants(self, names: Sequence[str]) -> list[Mutant]:
        """The mutants of the rules of these names; of all rules where no name is given."""
        unknown = set(names) - {rule.name for rule in self.rules}
        if unknown:
            raise FileError(f"no rule is called {', '.join(sorted(unknown))}")
        return [mutant for rule in self.rules if not names or rule.name in names for mutant in mutants(rule)]

    def execute(self, candidates: list[Mutant]) -> Outcome:
        """Runs the tests on every mutant, until one test fails or all have passed."""
        outcome = Outcome()
        touched = list(dict.fromkeys(mutant.rule for mutant in candidates))
        self.pieces = {rule: pieces(rule, self.rules, self.tests) for rule in touched}
        unchanged = [Mutant(rule, "no change", rule.body) for rule in touched]
        if broken := self._rounds(unchanged, quiet=True)[0]:
            raise FileError(f"the tests of {broken[0].rule} fail without any change; fix them first")
        outcome.invalid = self._invalid(candidates)
        unusable = set(map(id, outcome.invalid))
        outcome.killed, outcome.survived = self._rounds([one for one in candidates if id(one) not in unusable])
        return outcome

    def _invalid(self, candidates: list[Mutant]) -> list[Mutant]:
        files = {
            self._write(f"check-{at}.yml", rules_text([one.rule], one.rule, one.body)): one
            for at, one in enumerate(candidates)
        }
        failures = promtool.check_rules(list(files), self.jobs)
        return [mutant for file, mutant in files.items() if file in failures]

    def _rounds(self, waiting: list[Mutant], quiet: bool = False) -> tuple[list[Mutant], list[Mutant]]:
        """Each round gives every mutant still alive its next piece of the tests. Returns the killed and the others."""
        total, killed, turn = len(waiting), [], 0
        alive = list(waiting)
        while any(len(self.pieces[mutant.rule]) > turn for mutant in alive):
            files = {}
            for at, mutant in enumerate(alive):
                if len(self.pieces[mutant.rule]) > turn:
                    files[self._write_test(f"{turn}-{at}", mutant, self.pieces[mutant.rule][turn])] = mutant
            failures = promtool.test_rules(list(files), self.jobs)
            dead = [mutant for file, mutant in files.items() if file in failures]
            killed.extend(dead)
            gone = set(map(id, dead))
            alive = [mutant for mutant in alive if id(mutant) not in gone]
            turn += 1
            if not quiet:
                print(f"round {turn}: {len(killed)} of {total} killed", flush=True)
        return killed, alive

    def _write_test(self, stem: str, mutant: Mutant, piece: Piece) -> Path:
        paths = []
        for number, file in enumerate(sorted({rule.file for rule in piece.rules})):
            text = rules_text([rule for rule in piece.rules if rule.file == file], mutant.rule, mutant.body)
            paths.append(self._write(f"{stem}-{number}.rules.yml", text))
        return self._write(f"{stem}.test.yml", piece.text(paths))

    def _write(self, name: str, text: str) -> Path:
        path = self.workspace / name
        path.write_text(text, encoding="utf-8")
        return path


def difference(mutant: Mutant) -> str:
    """The change of a mutant as a diff of its rule."""
    before, after = (_lines(body) for body in (mutant.rule.body, mutant.body))
    # The first two lines are the names of the files.
    body = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
    return "\n".join("    " + line for line in body if not line.startswith("@@"))


def _lines(body: dict[str, Any] | None) -> list[str]:
    lines = []
    for key, value in (body or {}).items():
        if key == "annotations":
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{name}={entry}" for name, entry in value.items())
        text = _laid_out(value) if key == "expr" else str(value).rstrip()
        lines.extend([f"{key}:", *("  " + line for line in text.splitlines())] if "\n" in text else [f"{key}: {text}"])
    return lines


def _laid_out(expr: str) -> str:
    """A long expression over several lines, so that a diff shows the place."""
    try:
        return promql_parser.parse(expr).prettify()
    except ValueError:
        return expr.rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Mutation run over the rules: do their unit tests notice mistakes?")
    parser.add_argument("--alert", action="append", default=[], metavar="NAME", help="only rules of this name")
    parser.add_argument("--list", action="store_true", help="print the mutants, run nothing")
    parser.add_argument("--directory", type=Path, default=REPOSITORY / "alerts", help="where the rules are")
    parser.add_argument("--jobs", type=int, default=2, help="promtool processes at a time")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="mutants-") as workspace:
            run = Run(options.directory, Path(workspace), options.jobs)
            candidates = run.mutants(options.alert)
            if options.list:
                for mutant in candidates:
                    print(f"{mutant.rule}: {mutant.change}")
                return 0
            outcome = run.execute(candidates)
    except (FileError, promtool.PromtoolError) as error:
        print(f"mutate: {error}", file=sys.stderr)
        return 1
    for mutant in outcome.invalid:
        print(f"invalid (promtool cannot load it): {mutant.rule}: {mutant.change}")
    for mutant in outcome.survived:
        print(f"SURVIVED: {mutant.rule}: {mutant.change}\n{difference(mutant)}")
    print(
        f"{len(candidates)} mutants: {len(outcome.killed)} killed, {len(outcome.survived)} survived, "
        f"{len(outcome.invalid)} invalid, {time.monotonic() - started:.0f} seconds"
    )
    if outcome.survived:
        print("Add tests that tell the rule from each survivor, or write the rule in a simpler way.", file=sys.stderr)
    return 1 if outcome.survived else 0


if __name__ == "__main__":
    sys.exit(main())

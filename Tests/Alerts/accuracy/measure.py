#!/usr/bin/env python3
"""Measures how right the alerts are: simulated tenants live through months, with faults whose list is the truth.

Usage: python Tests/Alerts/accuracy/measure.py [--lives 120] [--days 182] [--jobs 2] [--write docs/alert-accuracy.md] [--bar]

With --bar it exits with 1 where a figure is worse than the aim: recall 100 %, precision 99 %, one page a tenant-year.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluation import Evaluator
from faults import inject, interrupted
from judge import Inhibition, Verdict, judge
from life import Life
from report import document, false_alerts, kinds, summary
from rulefiles import load_rules, metrics_behind
from rules import run
from scrape import Scrape

REPOSITORY = Path(__file__).resolve().parents[3]
RULES = REPOSITORY / "alerts" / "mailstore.rules.yml"
ALERTMANAGER = REPOSITORY / "alerts" / "alertmanager-example.yml"
AIM_PRECISION, AIM_PAGES = 0.99, 1.0


def live(task: tuple[int, int]) -> Verdict:
    """One life; every third one has no faults."""
    seed, days = task
    rules = load_rules(RULES)
    life = Life(seed, days)
    faults = inject(life, seed) if seed % 3 else []
    evaluator = Evaluator(life.start, 60, life.size)
    wanted = set().union(*(metrics_behind(rule, rules) for rule in rules))
    scrape = Scrape(life, evaluator, wanted)
    scrape.write()
    for fault in faults:
        fault.settle(scrape.runs)
    sent = Inhibition(ALERTMANAGER).sent(run(rules, evaluator))
    truth = [*faults, *interrupted(scrape.runs, faults)]
    return judge(sent, truth, life.size, seed, quiet=not faults)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measures how right the alerts are.")
    parser.add_argument("--lives", type=int, default=120, help="how many tenants")
    parser.add_argument("--days", type=int, default=182, help="how long each lives")
    parser.add_argument("--first", type=int, default=0, help="the number of the first tenant, which is its seed")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--write", type=Path, help="the document to write")
    parser.add_argument("--bar", action="store_true", help="fail if a figure is worse than the aim")
    parser.add_argument("--notes", type=int, default=20, help="how many false alerts and missed faults to print")
    options = parser.parse_args(arguments)
    started, whole = time.monotonic(), Verdict()
    tasks = [(options.first + number, options.days) for number in range(options.lives)]
    with ProcessPoolExecutor(max_workers=options.jobs) as pool:
        for verdict in pool.map(live, tasks):
            whole.add(verdict)
    print("\n".join((kinds(whole), false_alerts(whole), *whole.notes[: options.notes], "", summary(whole))))
    print(f"{time.monotonic() - started:.0f} seconds")
    if options.write:
        options.write.write_text(document(whole), encoding="utf-8")
    good = whole.recall == 1 and whole.precision >= AIM_PRECISION and whole.pages_a_year <= AIM_PAGES
    return 0 if good or not options.bar else 1


if __name__ == "__main__":
    sys.exit(main())

"""Every query of every dashboard on a real Prometheus: scraped from the demo, and backfilled from a year of past runs.

    python Tests/Dashboards/live.py --exporter BINARY [--prometheus P] [--promtool P] [--keep DIR] [--only scraped]

Fails for a query that returns no data, unless empty_panels.yml says why; and for an entry there that is out of date.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from boards import Board, load
from live_grounds import Ground, backfilled, scraped
from live_programs import LiveError
from live_questions import Question, questions
from live_verdict import GROUNDS, Allowed, allowed_from, answer, judge, table, unmatched

LIST = Path(__file__).with_name("empty_panels.yml")


def examine(ground: Ground, boards: list[Board], allowed: list[Allowed],
            seen: list[tuple[Question, str]]) -> list[str]:
    """Runs every query that the ground can answer, prints the table, and says what is wrong."""
    wrong = []
    for title, view_of in ground.views:
        answers, skipped = [], set()
        for board in boards:
            for question in questions(board, view_of(board)):
                if not ground.knows(question):
                    skipped.add((question.dashboard, question.asker))
                    continue
                seen.append((question, ground.name))
                answers.append(answer(ground.server, question))
        print(f"\n== {ground.name}, {title}\n{table(answers)}")
        print(f"{len(answers)} queries asked", end="")
        print(f", {len(skipped)} panels have queries about what is not backfilled" if skipped else "")
        if not answers:
            wrong.append(f"{ground.name}, {title}: not one query was asked")
        wrong += judge(answers, allowed, ground.name)
    return wrong


def main() -> int:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exporter", required=True, type=Path, help="the program mailstore_exporter")
    parser.add_argument("--prometheus", default="prometheus")
    parser.add_argument("--promtool", default="promtool")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave data and logs there; a new or empty folder")
    parser.add_argument("--only", choices=GROUNDS)
    parser.add_argument("files", nargs="*", help="dashboards (default: all)")
    options = parser.parse_args()
    began = time.monotonic()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="mailstore-live-"))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        parser.error(f"{folder} is not empty: name a new folder, or empty this one")
    try:
        boards, allowed = load(options.files), allowed_from(LIST)
        wrong: list[str] = []
        seen: list[tuple[Question, str]] = []
        for name, open_ground in (("scraped", scraped), ("backfilled", backfilled)):
            if options.only in (None, name):
                with open_ground(options.exporter, options.prometheus, options.promtool, folder) as ground:
                    wrong += examine(ground, boards, allowed, seen)
        if not options.only and not options.files:
            wrong += unmatched(allowed, seen)
    except LiveError as error:
        wrong = [str(error)]
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    for error in wrong:
        print(error, file=sys.stderr)
    verdict = f"{len(wrong)} errors" if wrong else "every query returns data, or is on the list with its reason"
    print(f"\n{verdict} ({time.monotonic() - began:.0f} s)", file=sys.stderr if wrong else sys.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

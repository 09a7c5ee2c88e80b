"""Writes dashboards/*.json, or with --check says where the files differ from what would be written.

Usage: python3 dashboards/source/generate.py [--check]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # so that a check leaves nothing behind in the folder that it checks

import exporter  # noqa: E402
import fleet  # noqa: E402
import jobs  # noqa: E402
import server  # noqa: E402
import spe  # noqa: E402
import storage  # noqa: E402

FOLDER = Path(__file__).resolve().parent.parent
COMMAND = "python3 dashboards/source/generate.py"


def generate() -> dict[str, str]:
    """The text of every dashboard by the name of its file."""
    boards = [module.dashboard() for module in (fleet, server, spe, jobs, storage, exporter)]
    return {f"{board['uid']}.json": json.dumps(board, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
            for board in boards}


def differences(fresh: dict[str, str]) -> list[str]:
    """One line for each file that is missing, differs or is not made here."""
    present = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    missing = [f"{name} is missing: run {COMMAND}" for name in sorted(fresh.keys() - present.keys())]
    stray = [f"{name} is not made by the generator: remove it" for name in sorted(present.keys() - fresh.keys())]
    changed = [f"{name} differs in line {first_difference(present[name], fresh[name])}: run {COMMAND}"
               for name in sorted(fresh.keys() & present.keys()) if present[name] != fresh[name]]
    return missing + stray + changed


def first_difference(old: str, new: str) -> int:
    """The number of the first line that is not the same in both."""
    pairs = zip(old.split("\n"), new.split("\n"))
    return next((number for number, (left, right) in enumerate(pairs, start=1) if left != right),
                min(old.count("\n"), new.count("\n")) + 1)


def main() -> int:
    """Writes or checks; 1 where a check finds something."""
    parser = argparse.ArgumentParser(description="Writes the dashboards from their source.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail where the files are not up to date")
    arguments = parser.parse_args()
    fresh = generate()
    if arguments.check:
        found = differences(fresh)
        for each in found:
            print(f"dashboards/{each}", file=sys.stderr)
        return 1 if found else 0
    for name, text in fresh.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What the checks of the dashboards share: reading the files, walking over panels, printing what is wrong."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DASHBOARDS = ROOT / "dashboards"

VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)(?:\.[^:}]*)?(?::[^}]*)?\}|\[\[(\w+)(?::[^\]]*)?\]\]")
"""A variable in one of Grafana's three spellings: $name, ${name:format}, [[name]]."""


@dataclass(frozen=True)
class Board:
    """A dashboard: its file and what the file holds."""

    file: Path
    data: dict[str, Any]

    def panels(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """All panels with their paths, rows and the panels inside collapsed rows included."""
        for index, panel in enumerate(self.data.get("panels", [])):
            path = f"panels[{index}]"
            yield path, panel
            for inner, nested in enumerate(panel.get("panels", [])):
                yield f"{path}.panels[{inner}]", nested

    def variables(self) -> list[dict[str, Any]]:
        """The template variables, in order."""
        return self.data.get("templating", {}).get("list", [])

    def annotations(self) -> list[dict[str, Any]]:
        """The annotation queries."""
        return self.data.get("annotations", {}).get("list", [])


def has_data(panel: dict[str, Any]) -> bool:
    """Whether a panel shows data: rows and texts do not."""
    return panel.get("type") not in ("row", "text")


def name_of(panel: dict[str, Any]) -> str:
    """How messages call a panel."""
    return f'"{panel.get("title", "(no title)")}"'


def annotation_expression(annotation: dict[str, Any]) -> str | None:
    """The query of an annotation: Grafana reads it from the target, and from the annotation itself for older files."""
    return annotation.get("target", {}).get("expr") or annotation.get("expr")


def load(files: list[str]) -> list[Board]:
    """Reads the named files, or all dashboards where none is named."""
    paths = [Path(file) for file in files] or sorted(DASHBOARDS.glob("*.json"))
    if not paths:
        sys.exit(f"{DASHBOARDS}: no dashboards here; run `python3 dashboards/source/generate.py`")
    boards = []
    for path in paths:
        try:
            boards.append(Board(path, json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError) as error:
            sys.exit(f"{path}: cannot be read as JSON: {error}")
    return boards


def run(check: Callable[[Board], list[str]], done: str, remedy: str) -> int:
    """Runs a check over the files of the command line, prints each error with its file, and gives the exit code."""
    boards = load(sys.argv[1:])
    errors = [f"{board.file.name}: {error}" for board in boards for error in check(board)]
    for error in errors:
        print(error, file=sys.stderr)
    if errors:
        print(f"\n{len(errors)} errors. {remedy}", file=sys.stderr)
        return 1
    print(f"{len(boards)} dashboards: {done}")
    return 0

"""The sections of the runbook and the PromQL in them."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

import promql_parser as promql

sys.path.append(str(Path(__file__).resolve().parents[1] / "Structure"))

from markdown_pages import INLINE_CODE, Line, headings, lines  # noqa: E402

#: Each section has these parts, in this order.
PARTS = (
    "Meaning", "Effect on the archive", "Urgency", "First look", "Usual causes", "Steps", "How to see that it is over",
    "When to call the vendor",
)
PART = re.compile(r"^(?:- )?\*\*([^*]+?)[.:]?\*\*")
METRIC = re.compile(r"(?<![\w./-])(?:(?:mailstore|process|windows|scrape)_\w+|ALERTS(?:_FOR_STATE)?|up(?=[{ ]))(\*)?")
#: The program, which looks like a metric.
PROGRAM = "mailstore_exporter"


@dataclass
class Section:
    """What stands below a heading of the second level."""

    title: str
    number: int
    lines: list[Line] = field(default_factory=list)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its parts, as they come."""
        found = (PART.match(line.text) for line in self.lines if line.code is None)
        return tuple(match[1] for match in found if match)


@dataclass(frozen=True)
class Snippet:
    """PromQL, or the name of a metric alone, on a line of the page."""

    number: int
    expression: str
    is_prefix: bool = False


def sections(text: str) -> list[Section]:
    """All sections; the head of the page is one without a title."""
    titles = {line.number: title for line, level, title in headings(text) if level == 2}
    found = [Section("", 0)]
    for line in lines(text):
        if line.number in titles:
            found.append(Section(titles[line.number], line.number))
        else:
            found[-1].lines.append(line)
    return found


def snippets(section: Section) -> Iterator[Snippet]:
    """The PromQL of a section: each query of its fenced blocks, and what inline code names."""
    yield from _fenced(section)
    for line in section.lines:
        if line.code is None:
            for match in INLINE_CODE.finditer(line.text):
                yield from _inline(line.number, match[2].strip())


def _fenced(section: Section) -> Iterator[Snippet]:
    """A query is a line of a block with the lines that are indented below it, and a line that closes its bracket."""
    query: list[Line] = []
    for line in [*section.lines, Line(0, "")]:
        is_query = line.code == "promql" and line.text.strip() != "" and not line.text.lstrip().startswith("#")
        if query:
            follows = is_query and line.number == query[-1].number + 1
            if not (follows and (_indent(line) > _indent(query[0]) or line.text.lstrip().startswith(")"))):
                yield Snippet(query[0].number, "\n".join(part.text for part in query))
                query = []
        if is_query:
            query.append(line)


def _indent(line: Line) -> int:
    return len(line.text) - len(line.text.lstrip())


def _inline(number: int, code: str) -> Iterator[Snippet]:
    if not METRIC.search(code) and code != "up":
        return
    if code.split()[0] in (PROGRAM, "curl", "journalctl", "systemctl", "promtool"):
        return
    try:
        promql.parse(code)
    except ValueError:
        # A part of a query, or a pattern: its names have to be right all the same.
        for match in METRIC.finditer(code):
            name = match[0].rstrip("*")
            if name != PROGRAM:
                yield Snippet(number, name, is_prefix=match[1] is not None)
        return
    yield Snippet(number, code)

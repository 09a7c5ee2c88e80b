"""Which queries may be without data, and what an answer means in the light of that."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from live_programs import LiveError
from live_prometheus import Prometheus, Series
from live_questions import Question

FIELDS = {"dashboard", "panel", "queries", "ground", "reason", "sometimes"}
GROUNDS = ("scraped", "backfilled")


@dataclass(frozen=True)
class Allowed:
    """An entry of the list of queries that are rightly without data."""

    dashboard: str
    panel: str
    queries: tuple[str, ...]
    """Their letters; all of the panel where none is named."""
    ground: str | None
    reason: str
    sometimes: bool
    """Whether it depends on the moment: data is as good as none."""

    def concerns(self, question: Question, ground: str) -> bool:
        """Whether the entry speaks of that query."""
        return (fnmatchcase(question.dashboard, self.dashboard) and question.asker == self.panel
                and (not self.queries or question.name in self.queries) and self.ground in (None, ground))

    def __str__(self) -> str:
        letters = f" ({', '.join(self.queries)})" if self.queries else ""
        return f"{self.dashboard}, {self.panel}{letters}"


def allowed_from(file: Path) -> list[Allowed]:
    """Reads the list; an entry without a reason is none."""
    entries = []
    for number, entry in enumerate(yaml.safe_load(file.read_text(encoding="utf-8")) or [], 1):
        unknown = set(entry) - FIELDS
        if unknown or len(str(entry.get("reason", ""))) < 20 or not {"dashboard", "panel"} <= set(entry):
            raise LiveError(f"{file.name}, entry {number}: needs dashboard, panel and a reason of a sentence, may have "
                            f"queries, ground, sometimes; unknown here: {', '.join(sorted(unknown)) or 'nothing'}")
        if entry.get("ground") not in (None, *GROUNDS):
            raise LiveError(f"{file.name}, entry {number}: ground is {' or '.join(GROUNDS)}")
        entries.append(Allowed(entry["dashboard"], entry["panel"], tuple(entry.get("queries", ())),
                               entry.get("ground"), entry["reason"], entry.get("sometimes", False)))
    return entries


@dataclass(frozen=True)
class Answer:
    """What came back for a query."""

    question: Question
    series: int
    error: str | None = None


def answer(server: Prometheus, question: Question) -> Answer:
    """Asks Prometheus as Grafana would."""
    try:
        found: list[Series]
        if question.instant:
            found = server.instant(question.expression, question.view.end)
        else:
            view, step = question.view, question.step
            found = server.range(question.expression, view.last(step), view.range, step)
    except LiveError as error:
        return Answer(question, 0, str(error))
    return Answer(question, len(found))


def judge(answers: list[Answer], allowed: list[Allowed], ground: str) -> list[str]:
    """What is wrong: errors, queries without data that are not on the list, entries whose queries do return data."""
    wrong = []
    for one in answers:
        where = f"{ground}: {one.question.dashboard}, {one.question.asker} {one.question.name}"
        entries = [entry for entry in allowed if entry.concerns(one.question, ground)]
        if one.error:
            wrong.append(f"{where}: {one.error}")
        elif not one.series and not entries:
            wrong.append(f"{where}: no data. Fix the query, or put it on the list with a reason.\n"
                         f"    {' '.join(one.question.expression.split())}")
        elif one.series and any(not entry.sometimes for entry in entries):
            wrong.append(f"{where}: returns {one.series} series though the list says that it is empty. "
                         "Take it off the list.")
    return wrong


def unmatched(allowed: list[Allowed], seen: list[tuple[Question, str]]) -> list[str]:
    """Entries that speak of no query that there is."""
    return [f"the list names {entry}, which no dashboard asks{f' ({entry.ground})' if entry.ground else ''}. "
            "Take it off the list."
            for entry in allowed if not any(entry.concerns(question, ground) for question, ground in seen)]


def table(answers: list[Answer]) -> str:
    """A line a panel: how many queries it has, and how many series each returned."""
    panels: dict[tuple[str, str], list[Answer]] = {}
    for one in answers:
        panels.setdefault((one.question.dashboard, one.question.asker), []).append(one)
    lines = [f"{'dashboard':20} {'panel':42} {'queries':>7}  series"]
    for (dashboard, asker), found in panels.items():
        counts = " ".join(f"{one.question.name}:{one.series}" for one in found)
        lines.append(f"{dashboard:20} {asker[:42]:42} {len(found):7}  {counts}")
    return "\n".join(lines)

"""Says which alerts were sent, which of them were right, and which faults were not reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import promql_parser as promql
import yaml

from evaluation import fits
from faults import Fault
from life import PER_DAY
from rules import Firing, spans

# How long an alert waits for one that mutes it, in minutes, by the group_wait of its route.
WAIT = {"critical": 1, "warning": 2, "info": 30}


@dataclass
class Kind:
    """The figures of one kind of fault."""

    faults: int = 0
    delays: list[int] = field(default_factory=list)
    again: int = 0

    @property
    def missed(self) -> int:
        """How many were not reported."""
        return self.faults - len(self.delays)


@dataclass
class Verdict:
    """The figures of one or more lives."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    right: int = 0
    false: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    days: int = 0
    quiet_days: int = 0
    quiet_pages: int = 0
    quiet_messages: int = 0

    def add(self, other: Verdict) -> None:
        """Adds the figures of another life."""
        for name, kind in other.kinds.items():
            mine = self.kinds.setdefault(name, Kind())
            mine.faults += kind.faults
            mine.delays += kind.delays
            mine.again += kind.again
        for name, number in other.false.items():
            self.false[name] = self.false.get(name, 0) + number
        self.right += other.right
        self.notes += other.notes
        self.days += other.days
        self.quiet_days += other.quiet_days
        self.quiet_pages += other.quiet_pages
        self.quiet_messages += other.quiet_messages

    @property
    def recall(self) -> float:
        """The share of the faults that were reported."""
        faults = sum(kind.faults for kind in self.kinds.values())
        return 1 - sum(kind.missed for kind in self.kinds.values()) / faults if faults else 1.0

    @property
    def precision(self) -> float:
        """The share of the messages that were right."""
        sent = self.right + sum(self.false.values())
        return self.right / sent if sent else 1.0

    @property
    def pages_a_year(self) -> float:
        """Critical messages in a year of a tenant without faults."""
        return self.quiet_pages / (self.quiet_days / 365) if self.quiet_days else 0.0

    @property
    def messages_a_year(self) -> float:
        """All messages in a year of a tenant without faults."""
        return self.quiet_messages / (self.quiet_days / 365) if self.quiet_days else 0.0


class Inhibition:
    """The inhibition rules of a configuration of Alertmanager."""

    def __init__(self, path: Path) -> None:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.rules = [
            (self._matchers(rule["source_matchers"]), self._matchers(rule["target_matchers"]), rule["equal"])
            for rule in content["inhibit_rules"]
        ]

    @staticmethod
    def _matchers(texts: list[str]) -> list[Any]:
        node: Any = promql.parse("x{" + ",".join(texts) + "}")
        return list(node.matchers.matchers)

    def sent(self, firings: list[Firing]) -> list[Firing]:
        """Each time at which an alert began to be sent: it fires, and nothing mutes it."""
        result = []
        for firing in firings:
            muted = np.zeros(firing.end - firing.first, dtype=bool)
            for sources, targets, equal in self.rules:
                if not self._fits(targets, firing):
                    continue
                for source in firings:
                    if source.end <= firing.first or source.first >= firing.end or source.labels == firing.labels:
                        continue
                    if self._fits(sources, source) and all(source.label(name) == firing.label(name) for name in equal):
                        muted[max(source.first - firing.first, 0) : source.end - firing.first] = True
            for first, end in spans(~muted):
                if end - first >= WAIT.get(firing.label("severity"), 1):
                    result.append(Firing(firing.labels, firing.first + first, firing.first + end))
        return result

    @staticmethod
    def _fits(matchers: list[Any], firing: Firing) -> bool:
        return all(fits(one, firing.label(one.name)) for one in matchers)


def judge(sent: list[Firing], faults: list[Fault], size: int, seed: int, quiet: bool) -> Verdict:
    """The figures of one life."""
    verdict = Verdict(days=size // PER_DAY)
    judged = [one for one in sent if one.label("alertname") != "MailStoreWatchdog"]
    for fault in faults:
        if fault.first + PER_DAY > size or fault.end > size and fault.runs is None:
            continue
        kind = verdict.kinds.setdefault(fault.kind, Kind())
        kind.faults += 1
        mine = [one for one in judged if fault.is_reported_by(one) and fault.first <= one.first <= fault.end + 60]
        # What already fires about the same object has been read.
        told = [one.first for one in mine]
        told += [fault.first for one in judged if fault.is_reported_by(one) and one.first < fault.first < one.end]
        if told:
            kind.delays.append(min(told) - fault.first)
            kind.again += len(mine) - len({one.labels for one in mine})
        else:
            verdict.notes.append(f"life {seed}: not reported: {fault}")
    for one in judged:
        if any(fault.explains(one) for fault in faults):
            verdict.right += 1
        else:
            name = f"{one.label('alertname')} ({one.label('severity')})"
            verdict.false[name] = verdict.false.get(name, 0) + 1
            verdict.notes.append(f"life {seed}: false: minute {one.first}: {dict(one.labels)}")
    if quiet:
        verdict.quiet_days = size // PER_DAY
        verdict.quiet_messages = len(judged)
        verdict.quiet_pages = sum(one.label("severity") == "critical" for one in judged)
    return verdict

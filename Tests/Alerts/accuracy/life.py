"""The life of one tenant: a server, its exporter, and what Prometheus scrapes of them, minute by minute.

A life is planned first: ordinary events, then faults (faults.py). Then `scrape` writes the series as the exporter does: values
change only when a collector has run, expire after five intervals, and are stale when a scrape fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from windows import latest

MINUTE, HOUR, DAY = 60, 3600, 86_400
PER_DAY = 1440
ZONE = ZoneInfo("Europe/Berlin")
HOLIDAYS = {
    date.fromisoformat("2026-" + day)
    for day in "01-01 01-06 04-03 04-06 05-01 05-14 05-25 10-03 12-24 12-25 12-26 12-31".split()
} | {date(2027, 1, 1), date(2027, 1, 6), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 1)}
# Cadences of profiles in minutes; a day stands for a night at a local time.
CADENCES = (10, 120, 240, PER_DAY)
COLLECTORS = {"server": 1, "sessions": 1, "jobs": 1, "profiles": 1, "stores": 5, "users": 15, "license": 60}
FIRST_MONDAY = datetime(2026, 1, 5, tzinfo=timezone.utc)

Flags = NDArray[np.bool_]


@dataclass
class Effect:
    """What happens to runs that start between two minutes: fail, cancelled, lost, silent, empty, errors, stuck, log."""

    first: int
    end: int
    kind: str


@dataclass
class Item:
    """A profile, job or store, with its runs; a store's runs are its verifications."""

    id: str
    names: list[tuple[int, str]]
    cadence: int
    expected: int
    at: int
    longest: int
    born: int = 0
    died: int = 10**9
    action: str = ""
    effects: list[Effect] = field(default_factory=list)

    def effect(self, minute: int) -> str:
        """The kind of the effect on a run that starts at a minute; empty if there is none."""
        return next((one.kind for one in self.effects if one.first <= minute < one.end), "")


@dataclass
class Store(Item):
    """A store, with its flags by minute: `error`, `upgrade`, `rebuild`, `loss`, `not_current`."""

    messages: int = 0
    current_until: int = 10**9
    flags: list[Effect] = field(default_factory=list)


class Life:
    """A tenant's life. Minutes count from its start."""

    def __init__(self, seed: int, days: int) -> None:
        self.random = np.random.default_rng(seed)
        self.size = days * PER_DAY
        self.begin = FIRST_MONDAY + timedelta(weeks=int(self.random.integers(0, 40)))
        self.start = self.begin.timestamp()
        self.minutes = np.arange(self.size)
        self.local, self.weekday, self.holiday = self._calendar()
        self.away, self.missed, self.outage, self.refused = (np.zeros(self.size, dtype=bool) for _ in range(4))
        self.unscraped = np.zeros(self.size, dtype=bool)
        self.unsaved, self.unreloaded = np.zeros(self.size, dtype=bool), np.zeros(self.size, dtype=bool)
        self.broken = {name: np.zeros(self.size, dtype=bool) for name in COLLECTORS}
        self.failing_calls = np.zeros(self.size, dtype=bool)
        self.unreadable: list[int] = []
        self.unknown: list[int] = []
        self.licence = np.interp(self.minutes, [0, self.size], self.random.uniform(0.6, 0.88, 2))
        self.skew = np.zeros(self.size)
        self.renewed: list[tuple[int, float]] = []
        self.mail = self._mail()
        self.profiles: list[Item] = []
        self.jobs: list[Item] = []
        self.stores: list[Store] = []
        self._furnish()
        self._live()

    def _calendar(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Flags]:
        local, weekday, holiday = [], [], []
        for hour in range(self.size // 60):
            now = (self.begin + timedelta(hours=hour)).astimezone(ZONE)
            local.append(now.hour * 60)
            weekday.append(now.weekday())
            holiday.append(now.date() in HOLIDAYS)
        within = np.tile(np.arange(60), self.size // 60)
        return np.repeat(local, 60) + within, np.repeat(weekday, 60), np.repeat(np.array(holiday), 60)

    def _mail(self) -> NDArray[np.int64]:
        """How much mail has arrived up to each minute: an office, a firm with shifts, or one that mails around the clock."""
        kind = self.random.choice(["office", "shifts", "always"], p=[0.6, 0.2, 0.2])
        busy = {"office": (8 * 60, 18 * 60), "shifts": (6 * 60, 22 * 60), "always": (0, PER_DAY)}[kind]
        rate = float(self.random.uniform(0.2, 8))
        idle = {"office": 0.004, "shifts": 0.02, "always": 0.5}[kind]
        free = self.holiday | (self.weekday >= (7 if kind == "always" else 5))
        working = (self.local >= busy[0]) & (self.local < busy[1]) & ~free
        return np.cumsum(self.random.poisson(np.where(working, rate, rate * idle)))

    def minute(self, first_day: float = 0, last_day: float | None = None) -> int:
        """A random minute between two days."""
        end = self.size if last_day is None else int(last_day * PER_DAY)
        return int(self.random.integers(int(first_day * PER_DAY), end))

    def _furnish(self) -> None:
        pick = self.random
        cadences = list(pick.permutation(CADENCES)[: int(pick.integers(2, 5))])
        for number, cadence in enumerate(cadences, 1):
            expected = DAY if cadence == PER_DAY or pick.random() < 0.7 else max(HOUR, 3 * 60 * int(cadence))
            self.profiles.append(self.profile(str(number), int(cadence), expected))
        self.jobs.append(Item("1", [(0, "Backup")], PER_DAY, DAY, self._night(), 150, action="CreateBackup"))
        self.jobs.append(Item("2", [(0, "Compact")], 7 * PER_DAY, 7 * DAY, self._night(), 200, action="CompactStore"))
        for number in range(1, int(pick.integers(2, 4))):
            self.stores.append(self.store(str(number)))
        for one in self.stores[:-1]:
            one.current_until = -1

    def _night(self) -> int:
        return int(self.random.choice([22 * 60, 23 * 60, 30, 60, 3 * 60 + 30, 5 * 60]) + self.random.integers(0, 25))

    def profile(self, name: str, cadence: int, expected: int, born: int = 0) -> Item:
        """A profile."""
        at = self._night() if cadence == PER_DAY else int(self.random.integers(0, cadence))
        longest = {10: 3, 120: 30, 240: 60}.get(cadence, 120)
        return Item(name, [(0, f"Mailboxes {name}")], cadence, expected, at, longest, born)

    def store(self, name: str, born: int = 0) -> Store:
        """A store that is verified each week or each night."""
        days = 7 if self.random.random() < 0.7 else 1
        messages = int(10 ** self.random.uniform(2, 6.3)) if not born else 0
        return Store(
            name, [(0, f"Archive {name}")], days * PER_DAY, days * DAY, self._night(), 240, born, messages=messages
        )

    def span(self, flags: Flags, first: int, length: int) -> None:
        """Sets flags for some minutes."""
        flags[first : first + length] = True

    def _live(self) -> None:
        """What happens without any fault."""
        pick, days = self.random, self.size / PER_DAY
        for month in range(int(days // 30) + 1):
            for _ in range(2):
                self.span(self.outage, self.minute(month * 30, min(month * 30 + 30, days)), int(pick.integers(2, 9)))
                self.span(self.away, self.minute(month * 30, min(month * 30 + 30, days)), int(pick.integers(1, 4)))
        self.missed |= pick.random(self.size) < 1 / 3000
        self.missed[1:] |= self.missed[:-1] & (pick.random(self.size - 1) < 0.3)
        self.failing_calls |= pick.random(self.size) < 1 / 2000
        for items in (self.profiles, self.jobs, self.stores):
            one = items[int(pick.integers(0, len(items)))]
            one.names.append((self.minute(1), one.names[0][1] + " (renamed)"))
        # A store of a new half-year takes over; a profile and a job are added; another profile is deleted.
        born = self.minute(10, days - 10)
        self.stores[-1].current_until = born
        self.stores.append(self.store(str(len(self.stores) + 1), born))
        cadence = int(pick.choice(CADENCES))
        self.profiles.append(self.profile("8", cadence, DAY, self.minute(5, days - 5)))
        born = self.minute(5, days - 5)
        self.jobs.append(Item("3", [(0, "Rebuild")], PER_DAY, DAY, self._night(), 100, born, action="RebuildIndex"))
        leaving = self.profile("9", int(pick.choice(CADENCES)), DAY)
        leaving.died = self.minute(5)
        self.profiles.append(leaving)
        # Failures that heal: one run, or those of half an hour.
        for one in self.profiles:
            for month in range(int(days // 30)):
                first = self.minute(month * 30 + 1, month * 30 + 15)
                length = one.cadence if one.cadence > 10 else int(pick.integers(1, 40))
                one.effects.append(Effect(first, first + length, "fail"))
                first = self.minute(month * 30 + 17, month * 30 + 28)
                one.effects.append(Effect(first, first + one.cadence, "errors"))
        # A store of few messages loses one; a certificate is renewed a month before its end.
        self.stores[0].flags.append(Effect(self.minute(1), self.size, "one"))
        end = float(pick.uniform(31, 89)) * PER_DAY
        self.renewed.append((0, end))
        while end - 30 * PER_DAY < self.size:
            self.renewed.append((int(end - 30 * PER_DAY), end + 60 * PER_DAY))
            end += 60 * PER_DAY

    def collected(self, interval: int, broken: Flags) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each minute, when a collector last succeeded since the start of the process, -1: never; and that start."""
        started = ~self.away & np.concatenate(([True], self.away[:-1]))
        process = latest(started)
        due = (self.minutes % interval == 0) | started
        good = latest(due & ~self.away & ~self.outage & ~self.refused & ~broken)
        return np.where(good >= process, good, -1), process

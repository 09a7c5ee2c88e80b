"""The faults that are injected into a life: the list of them is the truth against which alerts are judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from life import PER_DAY, Effect, Item, Life
from rules import Firing
from scrape import STANDS_STILL_AFTER, Runs

# Alerts that may follow from any time without a server or an exporter: runs are missing, data is old.
ABSENCE = (
    "ServerUnreachable ApiErrors ExporterDataStale ProfileOverdue ProfileFailing JobFailed JobOverdue VerificationOverdue "
    "VerificationMissing ExporterDown ArchivedNothing"
)


@dataclass
class Fault:
    """What is wrong, from one minute to another; the alerts that must report it, and those that may follow from it."""

    kind: str
    first: int
    end: int
    alerts: str
    labels: dict[str, str] = field(default_factory=dict)
    follows: str = ""
    severity: str = ""
    # The kind and id of the item whose runs show the fault: it begins with the end of the first bad run, when the first run
    # is missing, or when one stands still; and it ends with the next success.
    runs: tuple[str, str] | None = None
    # So many minutes before the fault alerts are right too: it comes at the end of an outage.
    before: int = 0

    def settle(self, runs: dict[tuple[str, str], Runs]) -> None:
        """Sets the beginning and the end by the runs that really took place."""
        if self.runs is None:
            return
        known, over = runs[self.runs], self.end
        begins = [end for start, end in zip(known.starts, known.ends) if start >= self.first and start not in known.stuck]
        begins += [start for start in known.omitted if start >= self.first]
        begins += [start + STANDS_STILL_AFTER for start in known.stuck if start >= self.first]
        self.first = min(begins, default=self.end)
        rows = zip(known.starts, known.ends, known.rows[1:])
        self.end = next((end for start, end, row in rows if start >= over and row[5] == "succeeded"), 10**9)

    def is_reported_by(self, firing: Firing) -> bool:
        """Whether this alert is one that must come."""
        return (
            firing.label("alertname").removeprefix("MailStore") in self.alerts.split()
            and firing.label("severity").startswith(self.severity)
            and all(firing.label(name) == value for name, value in self.labels.items())
        )

    def explains(self, firing: Firing) -> bool:
        """Whether this alert is right because of the fault, at the latest a day and a half after its end."""
        name = firing.label("alertname").removeprefix("MailStore")
        reason = self.is_reported_by(firing) or name in self.follows.split()
        return reason and self.first - self.before <= firing.first <= self.end + PER_DAY * 3 // 2


Maker = Callable[[Life, int], Fault | None]


def _alive(life: Life, items: list[Item], first: int, length: int, cadence: int = 0) -> Item | None:
    found = [
        one
        for one in items
        if (one.born == 0 or one.born + 10 * PER_DAY < first)
        and one.died > first + length + 12 * PER_DAY
        and cadence in (0, one.cadence)
    ]
    return found[int(life.random.integers(0, len(found)))] if found else None


def _profile(kind: str, effect: str, cadence: int, days: tuple[float, float], alerts: str) -> Maker:
    def make(life: Life, first: int) -> Fault | None:
        length = int(life.random.uniform(*days) * PER_DAY)
        item = _alive(life, life.profiles, first, length, cadence)
        if item is None:
            return None
        item.effects.insert(0, Effect(first, first + length, effect))
        labels = {"profile_id": item.id}
        follows = "ArchivedNothing ProfileErrors ProfileOverdue ProfileFailing"
        return Fault(kind, first, first + length, alerts, labels, follows, "", ("profile", item.id))

    return make


def _job(kind: str, effect: str, days: tuple[float, float], alerts: str) -> Maker:
    def make(life: Life, first: int) -> Fault:
        length = int(life.random.uniform(*days) * PER_DAY)
        item = life.jobs[0]
        item.effects.insert(0, Effect(first, first + length, effect))
        follows = "JobOverdue JobFailed"
        return Fault(kind, first, first + length, alerts, {"job_id": item.id}, follows, "", ("job", item.id))

    return make


def _never(kind: str, alerts: str, days: tuple[float, float]) -> Maker:
    """A new profile, job or store that has no success for some days."""

    def make(life: Life, first: int) -> Fault:
        length = int(life.random.uniform(*days) * PER_DAY)
        name = str(100 + len(life.profiles) + len(life.jobs) + len(life.stores))
        effect = Effect(first, first + length, str(life.random.choice(["fail", "silent"])))
        if kind == "profile never succeeds":
            item = life.profile(name, int(life.random.choice([10, 120, 240, PER_DAY])), PER_DAY * 60, first)
            life.profiles.append(item)
            word, labels = "profile", {"profile_id": name}
        elif kind == "job never succeeds":
            item = Item(name, [(0, "New job")], PER_DAY, PER_DAY * 60, 23 * 60, 30, first, action="CreateBackup")
            life.jobs.append(item)
            word, labels = "job", {"job_id": name}
        else:
            store = life.store(name, first)
            store.current_until = -1
            length = max(length, store.expected // 60 + 2 * PER_DAY)
            effect = Effect(first, first + length, "silent")
            life.stores.append(store)
            item, word, labels = store, "verification", {"store_id": name}
        item.effects.append(effect)
        follows = "ProfileFailing ProfileOverdue JobFailed JobOverdue VerificationOverdue"
        return Fault(kind, first, first + length, alerts, labels, follows, "", (word, name))

    return make


def _verification(kind: str, effect: str, alerts: str, severity: str) -> Maker:
    def make(life: Life, first: int) -> Fault | None:
        found = _alive(life, list(life.stores), first, 9 * PER_DAY)
        if found is None:
            return None
        length = found.cadence if effect != "silent" else int(found.expected / 60 * 1.25 + life.random.uniform(1, 4) * PER_DAY)
        if effect == "stuck":
            # The next run begins within the fault, and stands still for hours.
            length = found.cadence + int(life.random.integers(300, 900))
        found.effects.insert(0, Effect(first, first + length, effect))
        labels = {"store_id": found.id}
        runs = ("verification", found.id)
        return Fault(kind, first, first + length, alerts, labels, "VerificationOverdue", severity, runs)

    return make


def _flag(kind: str, flag: str, alerts: str, hours: tuple[float, float]) -> Maker:
    def make(life: Life, first: int) -> Fault | None:
        length = int(life.random.uniform(*hours) * 60)
        if flag == "not_current":
            current = [one for one in life.stores if one.born + PER_DAY < first < one.current_until - length]
            if not current:
                return None
            current[0].flags.append(Effect(first, first + length, flag))
            return Fault(kind, first, first + length, alerts)
        stores = [one for one in life.stores if one.born < first and (flag != "loss" or one.messages > 1000)]
        if not stores:
            return None
        store = stores[int(life.random.integers(0, len(stores)))]
        if flag == "loss" and life.random.random() < 0.5:
            # Restored from an old backup, after two hours without the server.
            life.span(life.outage, first - 120, 120)
            store.flags.append(Effect(first, first + length, flag))
            return Fault(kind, first, first + length, alerts, {"store_id": store.id}, ABSENCE, before=120)
        store.flags.append(Effect(first, first + length, flag))
        return Fault(kind, first, first + length, alerts, {"store_id": store.id})

    return make


def _span(kind: str, flags: str, alerts: str, hours: tuple[float, float], follows: str = "", severity: str = "") -> Maker:
    def make(life: Life, first: int) -> Fault:
        length = int(life.random.uniform(*hours) * 60)
        if flags == "looping":
            for minute in range(first, first + length, 5):
                life.span(life.away, minute, 3)
        elif flags == "blind":
            name = str(life.random.choice(["jobs", "profiles", "stores"]))
            life.span(life.broken[name], first, length)
            return Fault(kind, first, first + length, alerts, {"collector": name}, follows)
        elif flags == "calls":
            for name in ("sessions", "jobs", "profiles"):
                life.span(life.broken[name], first, length)
        else:
            life.span(getattr(life, flags), first, length)
        return Fault(kind, first, first + length, alerts, {}, follows, severity)

    return make


def _nothing_archived(life: Life, first: int) -> Fault:
    length = int(life.random.uniform(8, 10) * PER_DAY)
    for item in life.profiles:
        item.effects.insert(0, Effect(first, first + length, "empty"))
    return Fault("nothing is archived", first, first + length, "ArchivedNothing")


def _certificate(life: Life, first: int) -> Fault:
    renewed = first + 20 * PER_DAY
    before = [one for one in life.renewed if one[0] < first]
    life.renewed = [*before, (first, float(first + 21 * PER_DAY)), (renewed, 1e9)]
    return Fault("certificate runs out", first, renewed, "CertificateExpiring")


def _licence(life: Life, first: int) -> Fault:
    length = int(life.random.uniform(1, 10) * PER_DAY)
    life.licence[first : first + length] = 0.99
    return Fault("licence is used up", first, first + length, "LicenseNearlyUsedUp")


def _clock(life: Life, first: int) -> Fault:
    length = int(life.random.uniform(3, 48) * 60)
    life.skew[first : first + length] = float(life.random.choice([-10_800, -400, 400, 7200]))
    return Fault("clock is wrong", first, first + length, "ClockSkew")


def _unreadable(life: Life, first: int) -> Fault:
    life.unreadable.append(first)
    return Fault("results are unreadable", first, first + 1, "ResultsUnreadable")


def _unknown(life: Life, first: int) -> Fault:
    life.unknown.append(first)
    return Fault("value is unknown", first, first + 60, "ExporterUnknownValues")


BROKEN = "ProfileFailing ProfileOverdue"
MAKERS: list[tuple[int, Maker]] = [
    (9, _verification("verification fails", "fail", "VerificationFailed", "critical")),
    (9, _verification("verification is cancelled", "cancelled", "VerificationFailed", "warning")),
    (9, _verification("verification is lost", "lost", "VerificationFailed", "warning")),
    (14, _verification("verification is overdue", "silent", "VerificationOverdue", "")),
    (10, _verification("verification stands still", "stuck", "VerificationStuck", "")),
    (9, _verification("verification logs damage", "log", "VerificationLogErrors", "")),
    (12, _never("verification is missing", "VerificationMissing", (3, 5))),
    (2, _profile("profile fails every 10 minutes", "fail", 10, (0.15, 1), BROKEN)),
    (4, _profile("profile fails every 2 hours", "fail", 120, (0.6, 2), BROKEN)),
    (5, _profile("profile fails every 4 hours", "fail", 240, (1, 3), BROKEN)),
    (9, _profile("profile fails every night", "fail", PER_DAY, (4, 6), BROKEN)),
    (7, _profile("profile does not run", "silent", 0, (3.5, 5), "ProfileOverdue")),
    (7, _never("profile never succeeds", "ProfileNeverSucceeded ProfileFailing", (3, 5))),
    (12, _nothing_archived),
    (5, _job("job fails", "fail", (1.1, 3), "JobFailed")),
    (7, _job("job does not run", "silent", (3.5, 5), "JobOverdue")),
    (8, _never("job never succeeds", "JobNeverSucceeded JobFailed", (5, 6))),
    (2, _flag("store error", "error", "StoreError", (0.5, 24))),
    (2, _flag("store has shrunk", "loss", "StoreShrunk", (6, 24))),
    (2, _flag("no current store", "not_current", "NoCurrentStore", (1, 24))),
    (2, _flag("store needs an upgrade", "upgrade", "StoreNeedsUpgrade", (3, 24))),
    (2, _flag("search index must be rebuilt", "rebuild", "SearchIndexRebuildNeeded", (3, 24))),
    (3, _span("server is gone", "outage", "ServerUnreachable", (0.5, 20), ABSENCE)),
    (3, _span("password was changed", "refused", "AuthenticationFailing", (1, 20), ABSENCE)),
    (2, _span("calls fail", "calls", "ApiErrors ExporterDataStale", (1.5, 6), ABSENCE)),
    (22, _certificate),
    (12, _licence),
    (3, _clock),
    (2, _span("exporter is dead", "away", "ExporterDown", (0.3, 20), ABSENCE, "critical")),
    (2, _span("exporter is restarted again and again", "looping", "ExporterDown", (3, 12), ABSENCE)),
    (2, _span("collector is blind", "blind", "ExporterDataStale", (1.2, 8), ABSENCE)),
    (2, _span("exporter is not scraped any more", "unscraped", "ExporterAbsent", (1, 12), ABSENCE)),
    (2, _span("state is not saved", "unsaved", "ExporterStateNotSaved", (1, 6))),
    (2, _span("configuration is invalid", "unreloaded", "ExporterReloadFailed", (0.5, 24))),
    (2, _unreadable),
    (2, _unknown),
]


def interrupted(runs: dict[tuple[str, str], Runs], faults: list[Fault]) -> list[Fault]:
    """Jobs that failed because the server was restarted in the middle of them: nobody injected that, and it is true."""
    found = []
    for (kind, name), known in runs.items():
        for end, row in zip(known.ends, known.rows[1:]):
            covered = any(fault.runs == (kind, name) and fault.first <= end <= fault.end for fault in faults)
            if kind == "job" and row[2] == 1 and not covered:
                labels, length = {"job_id": name}, 8 * PER_DAY
                found.append(Fault("job was interrupted", end, end + length, "JobFailed", labels, "JobOverdue"))
    return found


def inject(life: Life, turn: int) -> list[Fault]:
    """Puts faults one after the other into a life, from its 17th day on; `turn` chooses the first kind, so that all come up."""
    faults: list[Fault] = []
    first = 17 * PER_DAY + int(life.random.integers(0, PER_DAY))
    days = life.size / PER_DAY
    order = list(life.random.permutation(len(MAKERS)))
    order.insert(0, turn % len(MAKERS))
    for number in order:
        length, make = MAKERS[number]
        if first / PER_DAY + length + 3 > days:
            continue
        fault = make(life, first)
        if fault is not None:
            faults.append(fault)
            first += int((length + 4) * PER_DAY + life.random.integers(0, PER_DAY))
    return faults

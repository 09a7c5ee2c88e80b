"""Writes the series that Prometheus has of a life."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation import Evaluator, labels_of
from life import COLLECTORS, DAY, HOUR, MINUTE, PER_DAY, Item, Life, Store
from windows import Values

RESULTS = ("succeeded", "completedWithErrors", "failed", "cancelled", "lost")
# Minutes after its start at which a verification stands still, if it does.
STANDS_STILL_AFTER = 40
OBJECT = {"profile": "profiles", "job": "jobs", "verification": "stores"}


class Runs:
    """The runs of an item in the order of their ends, and what is known after each; row 0 is before all of them."""

    def __init__(self, life: Life, item: Item, kind: str) -> None:
        starts = life.minutes[(life.minutes - item.at) % item.cadence == 0]
        if item.cadence >= PER_DAY:
            starts = life.minutes[life.local == item.at]
            if item.cadence > PER_DAY:
                starts = starts[life.weekday[starts] == int(item.id) % 7]
        self.starts: list[int] = []
        self.ends: list[int] = []
        known = item.born == 0
        before = life.start - HOUR if known else np.nan
        self.rows: list[tuple[float, float, float, float, float, str]] = [
            (before, before, 0, before, 1.0 if known else 0.0, "succeeded" if known else "")
        ]
        share = int(item.id) % 3 + 1
        archived_until = 0
        good, nonzero, successes, failures = before, before, self.rows[0][4], 0
        # When a run stood still, and when one should have started and did not, because of a fault.
        self.stuck: list[int] = []
        self.omitted: list[int] = []
        self.log_errors: list[tuple[int, int]] = []
        for start in starts[(starts >= item.born) & (starts < item.died)]:
            start = int(start)
            length = int(life.random.integers(1, item.longest + 1))
            effect = item.effect(start)
            if kind == "verification":
                # The exporter starts it as soon as it can.
                blocked = np.flatnonzero(~(life.outage | life.away | life.refused)[start:])
                start = start + int(blocked[0]) if len(blocked) else life.size
            if effect == "silent":
                self.omitted.append(start)
                continue
            if start >= life.size or life.outage[start] or self.ends and start <= self.ends[-1]:
                continue
            if effect == "stuck":
                length = max(one.end for one in item.effects if one.kind == "stuck" and one.first <= start < one.end) - start
                self.stuck.append(start)
            end = start + length
            interrupted = bool(life.outage[start:end].any()) and kind != "verification"
            result = "failed" if interrupted or effect == "fail" else "succeeded"
            result = {"errors": "completedWithErrors", "cancelled": "cancelled", "lost": "lost"}.get(effect, result)
            if effect == "log":
                self.log_errors.append((end, start))
            time = life.start + end * MINUTE
            mail = life.mail[min(start, life.size - 1)]
            if result in ("succeeded", "completedWithErrors"):
                if effect != "empty" and (mail - archived_until) // share:
                    nonzero = time
                archived_until = mail
            failures = 0 if result == "succeeded" else failures + 1
            if result == "succeeded":
                good, successes = time, successes + 1
            self.starts.append(start)
            self.ends.append(end)
            self.rows.append((good, time, failures, nonzero, successes, result))
        self._ends = np.array(self.ends, dtype=int)

    def at(self, minutes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row that is known at each minute."""
        return np.searchsorted(self._ends, minutes, side="right")

    def column(self, number: int) -> NDArray[Any]:
        """One value of all rows."""
        return np.array([row[number] for row in self.rows])


class Scrape:
    """Writes series into an evaluator; only those that rules read."""

    def __init__(self, life: Life, evaluator: Evaluator, wanted: set[str]) -> None:
        self.life, self.evaluator, self.wanted = life, evaluator, wanted
        self.scraped = ~life.away & ~life.missed & ~life.unscraped
        self.base = {"job": "mailstore", "instance": "exporter:9463"}
        # What jobs and profiles showed when they were last collected, by the interval of the collector.
        self.known: dict[str, NDArray[np.int64]] = {}
        self.visible: dict[str, Any] = {}
        self.runs: dict[tuple[str, str], Runs] = {}
        for name, interval in COLLECTORS.items():
            when, _ = life.collected(interval, life.broken[name])
            self.known[name] = np.maximum(when, 0)
            self.visible[name] = self.scraped & (when >= 0) & (life.minutes - when <= 5 * interval)

    def write(self) -> None:
        """Writes all series."""
        self._exporter()
        self._server()
        for item in self.life.profiles:
            self._item("profile", item, self.known["profiles"], self.visible["profiles"])
        for item in self.life.jobs:
            self._item("job", item, self.known["jobs"], self.visible["jobs"])
        for store in self.life.stores:
            self._item("verification", store, self.known["jobs"], self.visible["jobs"])
            self._store(store)
        listed = sum((self._exists(one, self.known["stores"])).astype(float) for one in self.life.stores)
        self._add("mailstore_stores", {}, listed, self.visible["stores"])

    def _add(self, name: str, labels: dict[str, str], values: Any, visible: Any, target: bool = True) -> None:
        if name in self.wanted:
            whole = {**self.base, **({"target": "archive"} if target else {}), **labels}
            array: Values = np.where(visible, np.asarray(values, dtype=float), np.nan)
            if not np.isnan(array).all():
                self.evaluator.add(name, labels_of(whole), array)

    def _exporter(self) -> None:
        life = self.life
        process = life.collected(1, life.broken["server"])[1]
        self._add("up", {}, self.scraped, ~life.unscraped, target=False)
        self._add("process_start_time_seconds", {}, life.start + process * MINUTE, self.scraped, target=False)
        self._add("mailstore_exporter_config_last_reload_successful", {}, ~life.unreloaded, self.scraped, target=False)
        self._counter("mailstore_exporter_state_save_failures_total", {}, life.unsaved, process, target=False)

    def _counter(self, name: str, labels: dict[str, str], each: Any, process: Any, target: bool = True) -> None:
        """A counter in memory: it begins at 0 with each process."""
        sums = np.cumsum(np.asarray(each, dtype=float))
        self._add(name, labels, sums - sums[np.maximum(process, 0)], self.scraped, target)

    def _server(self) -> None:
        life, minutes = self.life, self.life.minutes
        when, process = life.collected(1, np.zeros(life.size, dtype=bool))
        reached = (when >= 0) & (when == minutes)
        self._add("mailstore_up", {}, reached, self.scraped)
        trying = ~life.away
        refusals = life.refused & trying & (minutes % 15 == 0)
        failed = sum(life.broken[name] & (minutes % every == 0) for name, every in COLLECTORS.items())
        failed = np.where(reached, failed + 2 * life.failing_calls, 0)
        requests = np.where(reached, 7, np.where(life.refused, refusals, 3 * (life.outage & trying)))
        self._counter("mailstore_api_requests_total", {"function": "GetJobResults"}, requests, process)
        for reason, each in (("unauthorized", refusals), ("connect", 3 * (life.outage & trying)), ("api_error", failed)):
            self._counter("mailstore_api_errors_total", {"function": "GetJobResults", "reason": reason}, each, process)
        for name, events in (
            ("mailstore_api_results_unreadable_windows_total", life.unreadable),
            ("mailstore_api_unknown_values_total", life.unknown),
        ):
            each = np.zeros(life.size)
            each[events] = 1
            sums = np.cumsum(each)
            counted = sums - sums[np.maximum(process, 0)]
            kind = {"field": "result"} if "unknown" in name else {"function": "GetJobResults"}
            self._add(name, kind, counted, self.scraped & ((counted > 0) | ("unknown" not in name)))
        for name, interval in COLLECTORS.items():
            done, _ = life.collected(interval, life.broken[name])
            kind = {"collector": name}
            success = self.scraped & (done >= 0)
            self._add("mailstore_collector_last_success_timestamp_seconds", kind, life.start + done * MINUTE, success)
            self._add("mailstore_collector_interval_seconds", kind, np.full(life.size, interval * MINUTE), self.scraped)
            self._add("mailstore_collector_supported", kind, np.ones(life.size), self.scraped)
        licence = np.round(life.licence * 200)[self.known["license"]]
        self._add("mailstore_license_named_users", {}, licence, self.visible["license"])
        self._add("mailstore_license_max_named_users", {}, np.full(life.size, 200), self.visible["license"])
        self._add("mailstore_api_clock_skew_seconds", {}, life.skew[self.known["server"]], self.visible["server"])
        ends = np.zeros(life.size)
        for minute, end in life.renewed:
            ends[minute:] = life.start + end * MINUTE
        self._add(
            "mailstore_api_certificate_not_after_timestamp_seconds", {}, ends[self.known["server"]], self.visible["server"]
        )

    @staticmethod
    def _exists(item: Item, minutes: NDArray[np.int64]) -> Any:
        return (minutes >= item.born) & (minutes < item.died)

    def _named(self, kind: str, item: Item) -> list[tuple[dict[str, str], Any]]:
        """The labels of an item, and when it has them."""
        word = "store" if kind == "verification" else kind
        result = []
        for number, (first, name) in enumerate(item.names):
            end = item.names[number + 1][0] if number + 1 < len(item.names) else self.life.size
            labels = {f"{word}_id": item.id, f"{word}_name": name, **({"action": item.action} if item.action else {})}
            result.append((labels, (self.known[OBJECT[kind]] >= first) & (self.known[OBJECT[kind]] < end)))
        return result

    def _item(self, kind: str, item: Item, known: NDArray[np.int64], visible: Any) -> None:
        life = self.life
        runs = self.runs[(kind, item.id)] = Runs(life, item, kind)
        rows = runs.at(known)
        visible = visible & self._exists(item, known)
        columns = [runs.column(number)[rows] for number in range(5)]
        results = runs.column(5)[rows]
        prefix = f"mailstore_{kind}_"
        for labels, named in self._named(kind, item):
            here = visible & named
            self._add(prefix + "last_success_timestamp_seconds", labels, columns[0], here)
            self._add(prefix + "last_completion_timestamp_seconds", labels, columns[1], here)
            self._add(prefix + "consecutive_failures", labels, columns[2], here)
            self._add(prefix + "last_nonzero_run_timestamp_seconds", labels, columns[3], here)
            # Counters of outcomes are in the state; they stay while the server is away.
            self._add(prefix + "runs_total", {**labels, "result": "succeeded"}, columns[4], here)
            self._add(prefix + "expected_interval_seconds", labels, np.full(life.size, item.expected), here)
            self._add(prefix + "enabled", labels, np.ones(life.size), here)
            for result in RESULTS:
                if kind == "verification" or result == "completedWithErrors":
                    self._add(prefix + "last_result", {**labels, "result": result}, results == result, here & (results != ""))
            if kind == "verification":
                self._progress(item, runs, labels, here)

    def _progress(self, item: Item, runs: Runs, labels: dict[str, str], here: Any) -> None:
        """The exporter runs verifications itself, so it knows their progress from minute to minute."""
        life = self.life
        running, verified, errors = np.zeros(life.size), np.full(life.size, np.nan), np.zeros(life.size)
        for start, end in zip(runs.starts, runs.ends):
            running[start:end] = 1
            steps = np.arange(max(min(end, life.size) - start, 0)) * 500.0
            if start in runs.stuck:
                steps = np.minimum(steps, STANDS_STILL_AFTER * 500)
            verified[start : start + len(steps)] = steps
            verified[end:] = (end - start) * 500
            errors[start:] = 0
        for end, _ in runs.log_errors:
            following = [start for start in runs.starts if start >= end]
            errors[end : following[0] if following else life.size] = 2
        self._add("mailstore_verification_running", labels, running, here)
        self._add("mailstore_verification_messages_verified", labels, verified, here)
        self._add("mailstore_verification_log_error_lines", labels, errors, here)

    def _store(self, store: Store) -> None:
        life, known = self.life, self.known["stores"]
        visible = self.visible["stores"] & self._exists(store, known)
        flags = {name: np.zeros(life.size, dtype=bool) for name in ("error", "upgrade", "rebuild", "not_current")}
        growing = np.where(life.minutes < store.current_until, life.mail - life.mail[min(max(store.born, 0), life.size - 1)], 0)
        if store.current_until < life.size:
            until = max(store.current_until, 0)
            growing[until:] = growing[until - 1] if until else 0
        messages = store.messages + growing.astype(float)
        for flag in store.flags:
            if flag.kind in flags:
                flags[flag.kind][flag.first : flag.end] = True
            elif flag.kind == "one":
                messages[flag.first :] -= 1
            elif flag.kind == "loss":
                messages[flag.first :] *= 0.8
        for labels, named in self._named("verification", store):
            here = visible & named
            current = (life.minutes < store.current_until) & ~flags["not_current"]
            self._add("mailstore_store_messages", labels, np.maximum(messages, 0)[known], here)
            self._add("mailstore_store_state", {**labels, "state": "current"}, current[known], here)
            self._add("mailstore_store_error", labels, flags["error"][known], here)
            self._add("mailstore_store_needs_upgrade", labels, flags["upgrade"][known], here)
            self._add("mailstore_store_search_indexes_need_rebuild", labels, flags["rebuild"][known], here)

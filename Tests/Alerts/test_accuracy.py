"""That the accuracy of the alerts is measured with what Prometheus would do."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent / "accuracy"))

from evaluation import EvaluationError, Evaluator, labels_of
from faults import Fault, inject
from judge import Inhibition, judge
from life import PER_DAY, Life
from measure import ALERTMANAGER, RULES
from notation import is_playable, played
from rulefiles import Rule, load_directory, load_rules, metrics_behind
from rules import Firing, run
from scrape import Scrape

import promql_parser as promql

SEED_WITH_FAULTS, DAYS = 4, 24
LAST_MINUTES = 1500


def notation(values: Any) -> str:
    """A series in promtool's notation; what is absent is stale."""
    words, first = [], 0
    edges = [*(np.flatnonzero((values[1:] != values[:-1]) & ~(np.isnan(values[1:]) & np.isnan(values[:-1]))) + 1), len(values)]
    for edge in edges:
        word = "stale" if np.isnan(values[first]) else f"{values[first]:.0f}"
        words += [word] * (edge - first) if word == "stale" else [f"{word}x{edge - first - 1}"]
        first = edge
    return " ".join(words)


class EvaluationTests(unittest.TestCase):
    """Our own evaluation against promtool."""

    def test_unit_tests_of_the_rules_give_the_same(self) -> None:
        """All unit tests whose samples have the step of the evaluation: what promtool finds right is right here too."""
        rules, tests = load_directory(RULES.parent)
        rules = [rule for rule in rules if rule.file == RULES]
        number = 0
        for test in tests:
            for group in test.content["tests"]:
                if is_playable(test, group, rules):
                    number += 1
                    with self.subTest(file=test.path.name, name=group.get("name")):
                        self.assertEqual(played(test, group, rules), [])
        self.assertGreater(number, 100)

    def test_a_simulated_life_gives_the_alerts_of_promtool(self) -> None:
        """The end of a life with faults, evaluated by both: the same alerts are pending and firing in each quarter of an hour."""
        rules = [rule for rule in load_rules(RULES)]
        life = Life(SEED_WITH_FAULTS, DAYS)
        inject(life, SEED_WITH_FAULTS)
        whole = Evaluator(life.start, 60, life.size)
        Scrape(life, whole, set().union(*(metrics_behind(rule, rules) for rule in rules))).write()
        first = 17 * PER_DAY + 600
        short = Evaluator(0, 60, LAST_MINUTES)
        series = []
        for name, vector in whole.samples.items():
            for labels, values in vector.items():
                part = values[first : first + LAST_MINUTES].copy()
                if name.endswith("timestamp_seconds") or name == "process_start_time_seconds":
                    part -= life.start + first * 60
                short.add(name, labels, part)
                text = ",".join(f'{key}="{value}"' for key, value in labels if key != "__name__")
                series.append(f"- series: '{name}{{{text}}}'\n  values: '{notation(part)}'\n")
        run(rules, short)
        cases, active = [], 0
        for minute in range(0, LAST_MINUTES, 15):
            samples = []
            for labels, values in short.samples["ALERTS"].items():
                if not np.isnan(values[minute]):
                    text = ",".join(f'{key}="{value}"' for key, value in labels if key != "__name__")
                    samples.append(f"    - labels: 'ALERTS{{{text}}}'\n      value: 1\n")
            active = max(active, len(samples))
            cases.append(f"  - expr: ALERTS\n    eval_time: {minute}m\n    exp_samples:\n" + "".join(samples))
        self.assertGreater(active, 3)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "life.yml"
            lines = "".join(series).replace("\n", "\n  ").rstrip(" ")
            path.write_text(
                f"rule_files: [{RULES}]\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series:\n  {lines}"
                f"  promql_expr_test:\n" + "".join(cases),
                encoding="utf-8",
            )
            done = subprocess.run(["promtool", "test", "rules", str(path)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[:2000])

    def test_what_is_not_known_is_an_error(self) -> None:
        """A function that rules may use one day is not evaluated wrongly."""
        evaluator = Evaluator(0, 60, 10)
        for expression in ("deriv(a[5m])", "stddev(a)", "a % 2", "topk(1, a)", "sum without (b) (a)"):
            evaluator.add("a", labels_of({"b": "1"}), np.ones(10))
            with self.subTest(expression), self.assertRaises((EvaluationError, KeyError)):
                evaluator.evaluate(promql.parse(expression))

    def test_duplicates_in_a_join_are_an_error(self) -> None:
        """As in Prometheus, where the rule then fails for all."""
        evaluator = Evaluator(0, 60, 10)
        evaluator.add("a", labels_of({"id": "1", "name": "old"}), np.ones(10))
        evaluator.add("a", labels_of({"id": "1", "name": "new"}), np.ones(10))
        with self.assertRaises(EvaluationError):
            evaluator.evaluate(promql.parse("a > on (id) group_left () a"))


class JudgeTests(unittest.TestCase):
    """What counts as reported, as right and as false."""

    def test_a_muted_alert_is_not_sent_until_the_other_ends(self) -> None:
        """The server is unreachable, and a store of it reports an error."""
        base = {"job": "mailstore", "instance": "a", "target": "hq", "severity": "critical"}
        down = Firing(labels_of({**base, "alertname": "MailStoreServerUnreachable"}), 10, 50)
        error = Firing(labels_of({**base, "alertname": "MailStoreStoreError", "store_id": "1"}), 20, 100)
        other = Firing(labels_of({**base, "target": "b", "alertname": "MailStoreStoreError", "store_id": "1"}), 20, 100)
        sent = Inhibition(ALERTMANAGER).sent([down, error, other])
        self.assertEqual([(one.label("target"), one.first) for one in sent], [("hq", 10), ("hq", 50), ("b", 20)])

    def test_figures(self) -> None:
        """One fault is reported after 5 minutes and once more, one is not; one alert is false."""
        labels = {"alertname": "MailStoreStoreError", "severity": "critical", "store_id": "1"}
        firings = [Firing(labels_of(labels), first, first + 10) for first in (105, 150, 9000)]
        faults = [
            Fault("store error", 100, 200, "StoreError", {"store_id": "1"}),
            Fault("clock is wrong", 100, 200, "ClockSkew"),
        ]
        verdict = judge(firings, faults, 10 * PER_DAY, 1, quiet=False)
        self.assertEqual(verdict.kinds["store error"].delays, [5])
        self.assertEqual(verdict.kinds["store error"].again, 1)
        self.assertEqual(verdict.kinds["clock is wrong"].missed, 1)
        self.assertEqual(verdict.recall, 0.5)
        self.assertEqual(verdict.false, {"MailStoreStoreError (critical)": 1})

    def test_a_rule_that_is_broken_is_noticed(self) -> None:
        """Without the rules about the server, its faults are not reported."""
        rules: list[Rule] = [rule for rule in load_rules(RULES) if rule.group != "mailstore-server"]
        life = Life(1, 24)
        life.span(life.outage, 18 * PER_DAY, 300)
        evaluator = Evaluator(life.start, 60, life.size)
        Scrape(life, evaluator, {"mailstore_up", "up"}).write()
        fault = Fault("server is gone", 18 * PER_DAY, 18 * PER_DAY + 300, "ServerUnreachable")
        for known, missed in ((rules, 1), (load_rules(RULES), 0)):
            sent = Inhibition(ALERTMANAGER).sent(run(known, evaluator))
            self.assertEqual(judge(sent, [fault], life.size, 1, quiet=False).kinds[fault.kind].missed, missed)


if __name__ == "__main__":
    unittest.main()

"""Tests of what decides whether the dashboards' queries count as answered."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from boards import Board
from live_programs import LiveError
from live_questions import Question, questions, variable_expression
from live_variables import View, built_in, substituted
from live_verdict import Allowed, Answer, allowed_from, judge, unmatched

DAY = View(end=1_000_000, range=86400, scrape=15)
REASON = "Only the Service Provider Edition has instances."


def question(asker: str = "Instances", name: str = "A") -> Question:
    """A question of a panel."""
    return Question("mailstore-server", asker, name, "up", True, 15, DAY)


def allowed(**changes: object) -> Allowed:
    """An entry of the list."""
    fields: dict[str, object] = {"dashboard": "mailstore-server", "panel": "Instances", "queries": (), "ground": None,
                                 "reason": REASON, "sometimes": False}
    return Allowed(**{**fields, **changes})


class Verdicts(unittest.TestCase):
    """What is wrong with an answer."""

    def test_no_data_is_wrong_unless_the_list_says_why(self) -> None:
        empty = [Answer(question(), 0)]
        self.assertIn("no data", judge(empty, [], "scraped")[0])
        self.assertEqual(judge(empty, [allowed()], "scraped"), [])

    def test_an_entry_is_for_its_panel_queries_and_ground_only(self) -> None:
        empty = [Answer(question(), 0)]
        for other in ({"panel": "Machines"}, {"queries": ("B",)}, {"ground": "backfilled"}, {"dashboard": "other"}):
            self.assertEqual(len(judge(empty, [allowed(**other)], "scraped")), 1, other)
        self.assertEqual(judge(empty, [allowed(dashboard="*", queries=("A",), ground="scraped")], "scraped"), [])

    def test_data_where_the_list_says_none_is_wrong(self) -> None:
        full = [Answer(question(), 3)]
        self.assertIn("Take it off the list", judge(full, [allowed()], "scraped")[0])
        self.assertEqual(judge(full, [allowed(sometimes=True)], "scraped"), [])

    def test_an_error_is_wrong_whatever_the_list_says(self) -> None:
        self.assertIn("parse error", judge([Answer(question(), 0, "parse error")], [allowed()], "scraped")[0])

    def test_an_entry_without_a_query_is_wrong(self) -> None:
        self.assertEqual(len(unmatched([allowed(panel="Gone")], [(question(), "scraped")])), 1)
        self.assertEqual(unmatched([allowed()], [(question(), "scraped")]), [])

    def test_the_list_needs_reasons_and_knows_its_words(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "list.yml"
            for text in ("- {dashboard: a, panel: b}", "- {dashboard: a, panel: b, reason: because}",
                         f"- {{dashboard: a, panel: b, reason: {REASON}, groud: scraped}}",
                         f"- {{dashboard: a, panel: b, reason: {REASON}, ground: elsewhere}}"):
                file.write_text(text, encoding="utf-8")
                with self.assertRaises(LiveError, msg=text):
                    allowed_from(file)
            file.write_text(f"- {{dashboard: a, panel: b, reason: {REASON}}}", encoding="utf-8")
            self.assertEqual(allowed_from(file)[0].panel, "b")


class Variables(unittest.TestCase):
    """Queries as they go to Prometheus."""

    def test_a_step_is_nice_and_never_below_scraping_or_the_panels_own(self) -> None:
        self.assertEqual(DAY.interval(800, None), 120)
        self.assertEqual(DAY.interval(800, "1h"), 3600)
        self.assertEqual(View(0, 60, 15).interval(800, None), 15)

    def test_the_rate_interval_spans_four_scrapes_at_least(self) -> None:
        self.assertEqual(built_in(DAY, 15)["__rate_interval"], "60s")
        self.assertEqual(built_in(DAY, 3600)["__rate_interval"], "3615s")
        self.assertEqual(built_in(DAY, 60, "1m")["__rate_interval"], "240s")

    def test_the_last_point_is_aligned_only_where_asked_for(self) -> None:
        self.assertEqual(DAY.last(3600), 1_000_000)
        self.assertEqual(View(1_000_000, 86400, 15, aligned=True).last(3600), 997_200)

    def test_every_spelling_of_a_variable_is_replaced(self) -> None:
        self.assertEqual(substituted('x{a=~"$job", b=~"${job:regex}"}[$__range]', {"job": ".+", "__range": "60s"}),
                         'x{a=~".+", b=~".+"}[60s]')
        with self.assertRaises(ValueError):
            substituted("x[$__unheard_of]", {})

    def test_values_of_a_label_become_a_query(self) -> None:
        self.assertEqual(variable_expression({"query": {"query": 'label_values(x{job=~"$job"}, target)'}}),
                         'count by (target) (x{job=~"$job", target!=""})')
        self.assertEqual(variable_expression({"query": "label_values(x, job)"}), 'count by (job) (x{job!=""})')

    def test_panels_annotations_and_variables_all_ask(self) -> None:
        board = Board(Path("x.json"), {
            "uid": "x",
            "panels": [{"type": "stat", "title": "One", "targets": [{"refId": "A", "expr": "up", "instant": True}]},
                       {"type": "row", "title": "Row", "panels": [{
                           "type": "stat", "title": "Two", "interval": "1h",
                           "targets": [{"refId": "B", "expr": "up"}]}]}],
            "annotations": {"list": [{"name": "Alerts", "expr": "ALERTS"}]},
            "templating": {"list": [{"name": "job", "type": "query", "query": "label_values(up, job)"}]},
        })
        asked = [(one.asker, one.name, one.instant, one.step) for one in questions(board, DAY)]
        self.assertEqual(asked, [("One", "A", True, 120), ("Two", "B", False, 3600),
                                 ("annotation Alerts", "A", False, 120), ("variable job", "A", False, 120)])

    def test_the_metrics_that_a_query_reads(self) -> None:
        asked = Question("x", "One", "A", "rate(a_total[5m]) / on (x) group_left () (b unless c)", True, 15, DAY)
        self.assertEqual(asked.metrics(), {"a_total", "b", "c"})


if __name__ == "__main__":
    unittest.main()

"""Plants faults in a dashboard that keeps the checklist, and sees the lint find each."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any

import boards
import lint
from sample import at, board, right
from subjects import SUBJECTS, Subject, missing

Spoil = Callable[[dict[str, Any]], Any]


def put(value: Any, *steps: str | int) -> Spoil:
    """Sets a value at a place."""
    return lambda data: at(data, *steps[:-1]).__setitem__(steps[-1], value)


def drop(*steps: str | int) -> Spoil:
    """Takes away what lies at a place."""
    return lambda data: at(data, *steps[:-1]).pop(steps[-1])


def no_words(data: dict[str, Any]) -> None:
    """A stat of a 0 or 1 with a text for what is absent only."""
    panel = data["panels"][1]
    panel["type"] = "stat"
    del panel["fieldConfig"]["defaults"]["mappings"][0]


def no_words_in_column(data: dict[str, Any]) -> None:
    """A table's column of a 0 or 1 without words."""
    target = data["panels"][3]["targets"][0]
    target["expr"] = "max by (target) (" + data["panels"][1]["targets"][0]["expr"] + ")"


def no_words_for_label(data: dict[str, Any]) -> None:
    """A table's column of a state's name without words."""
    target = data["panels"][3]["targets"][0]
    target["expr"] = "max by (target, result) (mailstore_verification_last_result == 1)"


RESULT_LANES = "max without (result) (\n" + "\n  or ".join(
    f'(mailstore_verification_last_result{{result="{name}"}} == 1) * {code}'
    for code, name in enumerate(("succeeded", "failed", "cancelled", "lost"))) + ")"


def lanes(expression: str, words: int) -> Spoil:
    """A timeline of results by number, with words for so many of them."""
    def spoil(data: dict[str, Any]) -> None:
        at(data, *UP, "targets", 0)["expr"] = expression
        options = {str(number): {"text": f"state {number} of four", "color": "green"} for number in range(words)}
        at(data, *UP_FIELD, "mappings", 0)["options"] = options
    return spoil


def nested(data: dict[str, Any]) -> None:
    """A panel without a unit inside a collapsed row."""
    panel = data["panels"].pop()
    del panel["fieldConfig"]["defaults"]["unit"]
    data["panels"][0]["panels"] = [panel]


def swap_variables(data: dict[str, Any]) -> None:
    """Another order of the variables."""
    variables = data["templating"]["list"]
    variables[3], variables[4] = variables[4], variables[3]


UP = ("panels", 1)
UP_FIELD = (*UP, "fieldConfig", "defaults")
GRAPH = ("panels", 2)
GRAPH_FIELD = (*GRAPH, "fieldConfig", "defaults")
TABLE = ("panels", 3)

WRONG: list[tuple[str, Spoil, str]] = [
    ("another uid", put("fleet", "uid"), "uid: expected mailstore-fleet"),
    ("no title", put("", "title"), "title: there is none"),
    ("no tag", put(["mail"], "tags"), "tags:"),
    ("editable", put(True, "editable"), "editable:"),
    ("editable left out", drop("editable"), "editable:"),
    ("no crosshair", put(0, "graphTooltip"), "graphTooltip:"),
    ("another schema", put(41, "schemaVersion"), "schemaVersion:"),
    ("inputs", put([], "__inputs"), "__inputs:"),
    ("requirements", put([], "__requires"), "__requires:"),
    ("a variable less", drop("templating", "list", 4), "templating: expected"),
    ("variables in another order", swap_variables, "templating: expected"),
    ("a data source of another kind", put("loki", "templating", "list", 0, "query"), "templating.list[0]"),
    ("a variable without All", put(False, "templating", "list", 2, "includeAll"), "templating.list[2].includeAll"),
    ("a variable refreshed on load", put(1, "templating", "list", 2, "refresh"), "templating.list[2].refresh"),
    ("All that leaves out", put(".+", "templating", "list", 4, "allValue"), "templating.list[4].allValue"),
    ("All as a list", drop("templating", "list", 1, "allValue"), "templating.list[1].allValue"),
    ("a variable's fixed source", put({"type": "prometheus", "uid": "abc"}, "templating", "list", 1, "datasource"),
     "templating.list[1].datasource"),
    ("no links", put([], "links"), "links:"),
    ("links that forget the time", put(False, "links", 0, "keepTime"), "links:"),
    ("links that forget the variables", put(False, "links", 0, "includeVars"), "links:"),
    ("links side by side", put(False, "links", 0, "asDropdown"), "links:"),
    ("no alerts", drop("annotations", "list", 0), "annotations: none for firing alerts"),
    ("pending alerts", put('ALERTS{alertstate="pending"}', "annotations", "list", 0, "target", "expr"),
     "annotations: none for firing alerts"),
    ("no verifications", drop("annotations", "list", 1), "annotations: none for verifications"),
    ("an annotation switched off", put(False, "annotations", "list", 0, "enable"), "annotations.list[0].enable"),
    ("an annotation in seconds",
     put("mailstore_verification_last_completion_timestamp_seconds{}", "annotations", "list", 1, "target", "expr"),
     "must be in milliseconds"),
    ("an annotation without a title", drop("annotations", "list", 0, "titleFormat"), "titleFormat"),
    ("an id twice", put(2, *GRAPH, "id"), "the id 2 is there 2 times"),
    ("no id", drop(*GRAPH, "id"), "the id None"),
    ("a title twice", put("Availability", *GRAPH, "title"), "the title Availability is there 2 times"),
    ("a panel too wide", put(13, *GRAPH, "gridPos", "w"), "leaves the 24 columns"),
    ("a panel off the grid", put(-1, *UP, "gridPos", "x"), "leaves the 24 columns"),
    ("a panel without a place", drop(*UP, "gridPos"), "has no place"),
    ("panels over each other", put(11, *GRAPH, "gridPos", "x"), "overlap"),
    ("a panel over a row", put(0, *UP, "gridPos", "y"), "overlap"),
    ("a row without a title", put(" ", "panels", 0, "title"), "title: there is none"),
    ("a rate without a minimum step", put("sum(rate(up[$__rate_interval]))", *GRAPH, "targets", 0, "expr"),
     "targets[0].interval: a rate wants"),
    ("no description", drop(*UP, "description"), "says too little"),
    ("a description that says nothing", put("Availability.", *UP, "description"), "says too little"),
    ("a description without advice",
     put("Whether the server answers. It is red when the server does not answer.", *UP, "description"),
     "what to do when it is red"),
    ("a red column without advice",
     put("How long each certificate is valid, in days, hours and minutes.", *TABLE, "description"),
     "what to do when it is red"),
    ("no unit", drop(*GRAPH_FIELD, "unit"), "unit: (missing)"),
    ("an unknown unit", put("byte", *GRAPH_FIELD, "unit"), "unit: byte"),
    ("an unknown unit of a column", put("sec", *TABLE, "fieldConfig", "overrides", 0, "properties", 1, "value"),
     "unit: sec"),
    ("no text for no data", drop(*GRAPH_FIELD, "noValue"), "noValue:"),
    ("0 for no data", put("0", *GRAPH_FIELD, "noValue"), "noValue:"),
    ("a panel's fixed source", put({"type": "prometheus", "uid": "abc"}, *UP, "datasource"), "datasource:"),
    ("a panel's default source", drop(*UP, "datasource"), "datasource:"),
    ("a query's fixed source", put("x", *UP, "targets", 0, "datasource", "uid"), "targets[0].datasource"),
    ("a letter twice", lambda data: at(data, *UP, "targets").append(at(data, *UP, "targets", 0)), "refIds"),
    ("a table over time", drop(*TABLE, "targets", 0, "instant"), "a table wants"),
    ("a table of series", drop(*TABLE, "targets", 0, "format"), "a table wants"),
    ("no legend", drop(*GRAPH, "targets", 0, "legendFormat"), "legendFormat"),
    ("a legend by default", put("__auto", *GRAPH, "targets", 0, "legendFormat"), "legendFormat"),
    ("one name for many series", put("size", *GRAPH, "targets", 0, "legendFormat"), "legendFormat"),
    ("states as numbers", drop(*UP_FIELD, "mappings"), "bare numbers"),
    ("a state's number for a word", put("1", *UP_FIELD, "mappings", 0, "options", "1", "text"), "has no word"),
    ("a state without a colour", drop(*UP_FIELD, "mappings", 0, "options", "1", "color"), "has no colour"),
    ("absence without a word", put("", *UP_FIELD, "mappings", 1, "options", "result", "text"), "has no word"),
    ("a figure of 0 or 1", no_words, "0 has no word"),
    ("a lane without a word for 0", drop(*UP_FIELD, "mappings", 0, "options", "0"), "0 has no word"),
    ("a result's number without a word", lanes(RESULT_LANES, 3), "the state 3 of the query has no word"),
    ("a result without a number", lanes(RESULT_LANES.replace("lost", "failed"), 4), "the result lost no number"),
    ("a column that no query gives", put("Age", *TABLE, "transformations", 1, "options", "renameByName", "Value #B"),
     'no query gives a column "Value #B"'),
    ("a hidden column that no query gives",
     put(True, *TABLE, "transformations", 1, "options", "excludeByName", "instance"), 'a column "instance"'),
    ("a placed column that no query gives",
     put(1, *TABLE, "transformations", 1, "options", "indexByName", "Target"), 'a column "Target"'),
    ("a column by Grafana's name", drop(*TABLE, "transformations", 1, "options", "renameByName", "Value"),
     '"Value" is shown by this name'),
    ("the time of a table's rows", drop(*TABLE, "transformations", 1, "options", "excludeByName", "Time"),
     '"Time" is shown by this name'),
    ("two columns of one name", put("Left", *TABLE, "transformations", 1, "options", "renameByName", "target"),
     'two columns are called "Left"'),
    ("settings for no column", put("Rest", *TABLE, "fieldConfig", "overrides", 0, "matcher", "options"),
     'no column "Rest"'),
    ("sorted by no column", put([{"displayName": "Rest", "desc": True}], *TABLE, "options", "sortBy"),
     'no column "Rest"'),
    ("a table of all labels", put("mailstore_up", *TABLE, "targets", 0, "expr"), "say their labels"),
    ("a column of 0 or 1", no_words_in_column, 'column "Left": its states have no words'),
    ("a column of states", no_words_for_label, 'column "result": its states have no words'),
    ("a stack of numbers", put("short", *GRAPH_FIELD, "unit"), "only sizes add up"),
    ("a line for each instance", put("mailstore_instance_messages", *GRAPH, "targets", 0, "expr"), "with topk"),
    ("a collapsed row's panel", nested, "unit: (missing)"),
]


class LintTest(unittest.TestCase):
    """The check bites, and does not bite what is right."""

    def test_a_right_dashboard_passes(self) -> None:
        self.assertEqual(lint.checklist(board(right())), [])

    def test_each_fault_is_found(self) -> None:
        for name, spoil, words in WRONG:
            with self.subTest(name):
                data = right()
                spoil(data)
                errors = lint.checklist(board(data))
                self.assertTrue(any(words in error for error in errors), f"{words}: {errors}")

    def test_lanes_with_a_number_and_a_word_for_each_result_pass(self) -> None:
        data = right()
        lanes(RESULT_LANES, 4)(data)
        self.assertEqual(lint.checklist(board(data)), [])

    def test_a_column_needs_a_word_for_each_known_result(self) -> None:
        words = {name: {"text": name, "color": "green"} for name in ("succeeded", "failed", "cancelled", "lost")}
        for absent in (None, *words):
            with self.subTest(absent):
                data = right()
                no_words_for_label(data)
                at(data, *TABLE, "transformations", 1, "options", "renameByName")["result"] = "Result"
                known = {name: word for name, word in words.items() if name != absent}
                at(data, *TABLE, "fieldConfig", "overrides").append({
                    "matcher": {"id": "byName", "options": "Result"},
                    "properties": [{"id": "mappings", "value": [{"type": "value", "options": known}]}]})
                expected = [f': column "Result": {absent} has no word'] if absent else []
                self.assertEqual([error[error.index("):") + 1:] for error in lint.checklist(board(data))], expected)

    def test_panels_that_touch_do_not_overlap(self) -> None:
        one, other = {"x": 0, "y": 0, "w": 12, "h": 8}, {"x": 12, "y": 0, "w": 12, "h": 8}
        self.assertFalse(lint.overlaps(one, other))
        self.assertFalse(lint.overlaps(one, {"x": 0, "y": 8, "w": 24, "h": 8}))
        self.assertTrue(lint.overlaps(one, {"x": 11, "y": 7, "w": 12, "h": 8}))

    def test_the_worst_instances_and_sums_over_instances_are_not_too_many(self) -> None:
        for expression in ("topk(10, mailstore_instance_messages)", "sum by (target) (mailstore_instance_messages)"):
            with self.subTest(expression):
                data = right()
                at(data, *GRAPH, "targets", 0).update(expr=expression, legendFormat="{{target}}")
                self.assertEqual(lint.checklist(board(data)), [])

    def test_a_single_series_needs_no_label_in_its_legend(self) -> None:
        data = right()
        at(data, *GRAPH, "targets", 0).update(expr="sum(mailstore_store_size_bytes)", legendFormat="all stores")
        self.assertEqual(lint.checklist(board(data)), [])


class SubjectsTest(unittest.TestCase):
    """What a dashboard is there for."""

    def test_a_panel_is_known_by_title_kind_and_metrics(self) -> None:
        subject = Subject("availability", "state-timeline", "mailstore_up")
        panel = right()["panels"][1]
        self.assertTrue(subject.is_shown_by(panel))
        for fault in ({"title": "Uptime"}, {"type": "timeseries"}, {"targets": [{"expr": "mailstore_up_total"}]}):
            with self.subTest(fault):
                self.assertFalse(subject.is_shown_by(panel | fault))

    def test_each_subject_is_missed_in_an_empty_dashboard(self) -> None:
        data = right()
        data["panels"] = []
        self.assertEqual(len(list(missing(board(data)))), len(SUBJECTS["mailstore-fleet"]))

    def test_another_time_range_and_an_unplanned_dashboard_are_found(self) -> None:
        data = right()
        data["time"] = {"from": "now-6h", "to": "now"}
        self.assertTrue(any(error.startswith("time:") for error in missing(board(data))))
        self.assertIn("no dashboard of this name", next(missing(board(right(), "mailstore-new.json"))))


class DashboardsTest(unittest.TestCase):
    """The dashboards themselves."""

    def test_all_keep_the_checklist(self) -> None:
        found = boards.load([])
        self.assertEqual({one.file.stem for one in found}, set(SUBJECTS))
        for one in found:
            with self.subTest(one.file.name):
                self.assertEqual(lint.check(one), [])


if __name__ == "__main__":
    unittest.main()

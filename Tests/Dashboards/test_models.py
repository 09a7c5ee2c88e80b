"""Plants faults in a dashboard that is right, and sees the check of the models find each."""

from __future__ import annotations

import unittest
from typing import Any

import boards
import models
from sample import at, board, right

TIMELINE = ("panels", 1)
GRAPH = ("panels", 2)
TABLE = ("panels", 3)

# Where a key is added that nobody knows, at every depth.
PLACES: dict[str, tuple[str | int, ...]] = {
    "the dashboard": (),
    "its time": ("time",),
    "a panel": GRAPH,
    "a panel's place": (*GRAPH, "gridPos"),
    "a row": ("panels", 0),
    "options": (*GRAPH, "options"),
    "options of a timeline": (*TIMELINE, "options"),
    "a legend": (*GRAPH, "options", "legend"),
    "a field's settings": (*GRAPH, "fieldConfig", "defaults"),
    "custom settings": (*GRAPH, "fieldConfig", "defaults", "custom"),
    "stacking": (*GRAPH, "fieldConfig", "defaults", "custom", "stacking"),
    "a cell": (*TABLE, "fieldConfig", "defaults", "custom", "cellOptions"),
    "thresholds": (*TIMELINE, "fieldConfig", "defaults", "thresholds"),
    "a step": (*TIMELINE, "fieldConfig", "defaults", "thresholds", "steps", 0),
    "a mapping": (*TIMELINE, "fieldConfig", "defaults", "mappings", 0),
    "a mapping's result": (*TIMELINE, "fieldConfig", "defaults", "mappings", 0, "options", "0"),
    "an override": (*TABLE, "fieldConfig", "overrides", 0),
    "an overridden cell": (*TABLE, "fieldConfig", "overrides", 0, "properties", 0, "value"),
    "an overridden step": (*TABLE, "fieldConfig", "overrides", 0, "properties", 2, "value", "steps", 1),
    "a data link": (*TABLE, "fieldConfig", "overrides", 0, "properties", 3, "value", 0),
    "a transformation": (*TABLE, "transformations", 1),
    "a transformation's options": (*TABLE, "transformations", 1, "options"),
    "a query": (*GRAPH, "targets", 0),
    "a query's data source": (*GRAPH, "targets", 0, "datasource"),
    "a variable": ("templating", "list", 1),
    "a variable's query": ("templating", "list", 1, "query"),
    "a variable's value": ("templating", "list", 1, "current"),
    "an annotation": ("annotations", "list", 0),
    "an annotation's query": ("annotations", "list", 0, "target"),
    "a link": ("links", 0),
}

# A value of the wrong type, or one that the enumeration has not.
WRONG: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("editable",), "false", "expected bool"),
    (("tags",), "mailstore", "expected list[str]"),
    (("tags", 0), 1, "expected str"),
    (("graphTooltip",), 3, "expected one of 0, 1, 2"),
    (("graphTooltip",), True, "expected one of 0, 1, 2"),
    (("schemaVersion",), "39", "expected int"),
    (("schemaVersion",), 39.5, "expected int"),
    ((*GRAPH, "title"), 5, "expected str"),
    ((*GRAPH, "gridPos", "w"), "12", "expected int"),
    ((*GRAPH, "options", "legend", "calcs"), "mean", "expected list[str]"),
    ((*GRAPH, "options", "legend", "displayMode"), "tabular", 'expected one of "list", "table", "hidden"'),
    ((*GRAPH, "options", "tooltip", "mode"), "every", "expected one of"),
    ((*GRAPH, "fieldConfig", "defaults", "custom", "drawStyle"), "curve", "expected one of"),
    ((*GRAPH, "fieldConfig", "defaults", "custom", "fillOpacity"), "30", "expected float"),
    ((*GRAPH, "fieldConfig", "defaults", "custom", "stacking", "mode"), "sum", "expected one of"),
    ((*GRAPH, "fieldConfig", "defaults", "unit"), 5, "expected str"),
    ((*GRAPH, "fieldConfig", "defaults", "noValue"), 0, "expected str"),
    ((*TIMELINE, "fieldConfig", "defaults", "custom", "spanNulls"), "1h", "expected bool or float"),
    ((*TIMELINE, "fieldConfig", "defaults", "color", "mode"), "rainbow", "expected one of"),
    ((*TIMELINE, "fieldConfig", "defaults", "mappings", 0, "type"), "values", "expected one of"),
    ((*TIMELINE, "fieldConfig", "defaults", "mappings", 1, "options", "match"), "none", "expected one of"),
    ((*TIMELINE, "fieldConfig", "defaults", "thresholds", "mode"), "relative", "expected one of"),
    ((*TIMELINE, "fieldConfig", "defaults", "thresholds", "steps", 1, "value"), "1", "expected float"),
    ((*TIMELINE, "options", "showValue"), True, "expected one of"),
    ((*TIMELINE, "type"), "state_timeline", "no panel type"),
    ((*TABLE, "options", "cellHeight"), "tiny", "expected one of"),
    ((*TABLE, "fieldConfig", "defaults", "custom", "cellOptions", "type"), "colour", "expected one of"),
    ((*TABLE, "fieldConfig", "overrides", 0, "properties", 1, "id"), "units", "unknown property"),
    ((*TABLE, "fieldConfig", "overrides", 0, "properties", 0, "id"), "custom.cellOption", "unknown property"),
    ((*TABLE, "fieldConfig", "overrides", 0, "properties", 1, "value"), 7, "expected str"),
    ((*TABLE, "fieldConfig", "overrides", 0, "matcher", "id"), "byname", "expected one of"),
    ((*TABLE, "fieldConfig", "overrides", 0, "matcher", "options"), ["Left"], "expected str"),
    ((*TABLE, "transformations", 0, "id"), "merged", "expected one of"),
    ((*TABLE, "transformations", 1, "options", "indexByName", "target"), "0", "expected int"),
    ((*GRAPH, "targets", 0, "expr"), 1, "expected str"),
    ((*GRAPH, "targets", 0, "instant"), "yes", "expected bool"),
    ((*TABLE, "targets", 0, "format"), "tables", "expected one of"),
    (("templating", "list", 1, "type"), "Query", "expected one of"),
    (("templating", "list", 1, "refresh"), 7, "expected one of 0, 1, 2"),
    (("templating", "list", 1, "multi"), 1, "expected bool"),
    (("templating", "list", 1, "query", "query"), None, "expected str"),
    (("annotations", "list", 0, "enable"), "true", "expected bool"),
    (("annotations", "list", 0, "target", "expr"), 1, "expected str"),
    (("annotations", "list", 1, "useValueForTime"), "on", "expected bool"),
    (("links", 0, "type"), "dashboard", "expected one of"),
    (("links", 0, "tags"), "mailstore", "expected list[str]"),
    (("id",), None, "null is not written"),
]


def path_of(steps: tuple[str | int, ...]) -> str:
    """A place as the messages write it."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.removeprefix(".")


class ModelsTest(unittest.TestCase):
    """The check bites, and says where."""

    def assert_one(self, data: dict[str, Any], path: str, words: str) -> None:
        errors = models.check(board(data))
        found = [error for error in errors if error.startswith(f"{path}: ") and words in error]
        self.assertEqual(len(found), 1, f"{path}: {words}\nnot once in: {errors}")

    def test_a_right_dashboard_passes(self) -> None:
        self.assertEqual(models.check(board(right())), [])

    def test_an_unknown_key_is_found_at_every_depth(self) -> None:
        for name, steps in PLACES.items():
            with self.subTest(name):
                data = right()
                at(data, *steps)["misspelt"] = "x"
                self.assert_one(data, path_of((*steps, "misspelt")), "unknown key")

    def test_a_wrong_value_is_found(self) -> None:
        for steps, value, words in WRONG:
            with self.subTest(path=path_of(steps), value=value):
                data = right()
                at(data, *steps[:-1])[steps[-1]] = value
                self.assert_one(data, path_of(steps), words)

    def test_custom_settings_of_a_panel_type_that_has_none_are_found(self) -> None:
        data = right()
        panel = at(data, *GRAPH)
        panel["type"], panel["options"] = "stat", {"graphMode": "none"}
        panel["fieldConfig"]["defaults"]["custom"] = {"fillOpacity": 5}
        self.assert_one(data, path_of((*GRAPH, "fieldConfig", "defaults", "custom", "fillOpacity")), "unknown key")

    def test_a_panel_inside_a_collapsed_row_is_checked(self) -> None:
        data = right()
        inner = data["panels"].pop()
        inner["options"]["showHeaders"] = True
        data["panels"][0].update(collapsed=True, panels=[inner])
        self.assert_one(data, "panels[0].panels[0].options.showHeaders", "unknown key")

    def test_a_broken_structure_is_an_error_and_no_crash(self) -> None:
        for key, value in (("panels", {}), ("templating", []), ("annotations", {"list": [1]}), ("links", "x")):
            with self.subTest(key):
                data = right()
                data[key] = value
                self.assertTrue(any(error.startswith(key) for error in models.check(board(data))))


class DashboardsTest(unittest.TestCase):
    """The dashboards themselves."""

    def test_all_are_as_the_models_have_them(self) -> None:
        for one in boards.load([]):
            with self.subTest(one.file.name):
                self.assertEqual(models.check(one), [])


if __name__ == "__main__":
    unittest.main()

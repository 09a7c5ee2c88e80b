"""Reads Prometheus rule files and promtool's unit tests of them, for coverage.py and mutate.py.

Every scalar is read as text: YAML 1.1 would turn `on` into true and `1:30` into 90, Prometheus does neither.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

import promql_parser
import yaml

RULE_SUFFIX = ".rules.yml"


class FileError(Exception):
    """A file that cannot be read as what it should be; the message says which and why."""


@dataclass(frozen=True)
class Rule:
    """One alerting or recording rule and where it stands."""

    file: Path
    group: str
    index: int
    line: int
    name: str
    is_alert: bool
    body: dict[str, Any] = field(hash=False, compare=False)

    @property
    def expr(self) -> str:
        """The expression, as written."""
        return self.body["expr"]

    @property
    def severity(self) -> str | None:
        """The label `severity`, if there is one."""
        return (self.body.get("labels") or {}).get("severity")

    def __str__(self) -> str:
        severity = f" ({self.severity})" if self.severity else ""
        return f"{self.file.name}:{self.line} {self.name}{severity}"


@dataclass(frozen=True)
class Reading:
    """One series selector of an expression: the metric (None: any) and the alert name it asks for (None: any)."""

    metric: str | None
    alertname: str | None


@dataclass(frozen=True)
class TestFile:
    """A file of unit tests: its parsed content, its nodes as written, and the rule files that it loads."""

    path: Path
    content: dict[str, Any] = field(hash=False, compare=False)
    node: yaml.MappingNode = field(hash=False, compare=False)
    rule_files: tuple[Path, ...] = ()


def load_yaml(path: Path) -> tuple[Any, yaml.Node]:
    """The content with every scalar as text, and the node tree that knows lines and styles."""
    text = path.read_text(encoding="utf-8")
    try:
        return yaml.load(text, Loader=yaml.BaseLoader), yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise FileError(f"{path}: not YAML: {error}") from error


def child(node: yaml.Node, key: str) -> yaml.Node:
    """The value of a key of a mapping node."""
    for name, value in node.value:
        if name.value == key:
            return value
    raise KeyError(key)


def load_rules(path: Path) -> list[Rule]:
    """All rules of one file, in their order."""
    content, node = load_yaml(path)
    rules = []
    try:
        for group, group_node in zip(content["groups"], child(node, "groups").value):
            bodies = zip(group["rules"], child(group_node, "rules").value)
            for index, (body, body_node) in enumerate(bodies):
                is_alert = "alert" in body
                rules.append(
                    Rule(
                        file=path.resolve(),
                        group=group["name"],
                        index=index,
                        line=body_node.start_mark.line + 1,
                        name=body["alert" if is_alert else "record"],
                        is_alert=is_alert,
                        body=body,
                    )
                )
                readings(body["expr"])
    except (KeyError, TypeError) as error:
        raise FileError(f"{path}: not a rule file: {error!r}") from error
    except ValueError as error:
        raise FileError(f"{path}: the expression of {rules[-1].name} cannot be parsed: {error}") from error
    return rules


def load_test(path: Path) -> TestFile:
    """One file of unit tests; the globs of its `rule_files` are resolved beside it, as promtool does."""
    content, node = load_yaml(path)
    if not isinstance(content, dict) or not isinstance(content.get("tests"), list):
        raise FileError(f"{path}: not a file of unit tests: it has no list `tests`")
    loaded: list[Path] = []
    for pattern in content.get("rule_files") or []:
        found = sorted(path.parent.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
        if not found:
            raise FileError(f"{path}: rule_files: nothing there called {pattern}")
        loaded.extend(file.resolve() for file in found)
    return TestFile(path, content, node, tuple(dict.fromkeys(loaded)))


def load_directory(directory: Path) -> tuple[list[Rule], list[TestFile]]:
    """All rules of `*.rules.yml` and all tests of `tests/*.yml` in a folder."""
    rule_paths = sorted(directory.glob("*" + RULE_SUFFIX))
    test_paths = sorted((directory / "tests").glob("*.yml"))
    if not rule_paths:
        raise FileError(f"{directory}: no file called *{RULE_SUFFIX}")
    if not test_paths:
        raise FileError(f"{directory / 'tests'}: no file called *.yml")
    return [rule for path in rule_paths for rule in load_rules(path)], [load_test(path) for path in test_paths]


def readings(expr: str) -> frozenset[Reading]:
    """The selectors of an expression. ValueError where it cannot be parsed."""
    found: set[Reading] = set()

    def visit(node: promql_parser.Expr) -> None:
        if not isinstance(node, promql_parser.VectorSelector):
            return
        exact = {m.name: m.value for m in node.matchers.matchers if m.op == promql_parser.MatchOp.Equal}
        found.add(Reading(node.name or exact.get("__name__"), exact.get("alertname")))

    promql_parser.walk(promql_parser.parse(expr), visit)
    return frozenset(found)


def series_name(series: str) -> str | None:
    """The metric of one `input_series`."""
    try:
        return next(iter(readings(series))).metric
    except (ValueError, StopIteration) as error:
        raise FileError(f"input_series: not a series: {series}: {error}") from error


def metrics_behind(rule: Rule, rules: list[Rule]) -> set[str]:
    """The metrics that a rule reads, those behind recording rules included."""
    names: set[str] = set()
    waiting = [rule]
    while waiting:
        for reading in readings(waiting.pop().expr):
            if reading.metric and reading.metric not in names:
                names.add(reading.metric)
                waiting.extend(other for other in rules if not other.is_alert and other.name == reading.metric)
    return names


def alert_tests(tests: list[TestFile]) -> Iterator[tuple[TestFile, dict[str, Any], dict[str, Any]]]:
    """Each `alert_rule_test` with its file and the test group in which it stands."""
    for test in tests:
        for group in test.content["tests"]:
            for case in group.get("alert_rule_test") or []:
                yield test, group, case

"""The part of the checklist about states: each has a word and a colour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fields import Panel, all_settings, has_words, properties, results, without_word
from promql import codes, kept_labels, parsed, shown_family, uses

STATES = ("state-timeline", "status-history")

# Families whose 0 and 1 a reader cannot be left to guess.
YES_OR_NO = re.compile(
    r"mailstore_(up|instance_up|store_error|instance_start_stop_error|store_needs_upgrade|job_enabled|"
    r"profile_automatic|store_search_indexes_need_rebuild|verification_running|collector_supported|collector_success|"
    r"host_active|api_certificate_verified|exporter_config_last_reload_successful)")
ZERO_AND_ONE = {"0", "1"}

# Labels whose values are states, and the values that are known from the start.
STATE_LABELS = ("result", "state", "status", "severity")
RESULTS = {"succeeded", "completedWithWarnings", "completedWithErrors", "failed", "cancelled", "disconnected",
           "threadAbort"}
VERIFICATION_RESULTS = {"succeeded", "failed", "cancelled", "lost"}
SEVERITIES = {"critical", "warning", "info"}
STORE_STATES = {"current", "normal", "writeProtected", "disabled"}


def known_values(label: str, metrics: set[str]) -> set[str]:
    """The values of a label that a table of these metrics can show from the start."""
    if label == "result":
        verifies = any(metric.startswith("mailstore_verification_") for metric in metrics)
        return VERIFICATION_RESULTS if verifies else RESULTS
    if label == "severity":
        return SEVERITIES if metrics & {"ALERTS", "ALERTS_FOR_STATE"} else set()
    return STORE_STATES if label == "state" else set()


def state_errors(panel: Panel) -> Iterator[str]:
    """States without words or colours, in any panel."""
    for one in all_settings(panel):
        for result in results(one.get("mappings")):
            if not result.get("text", "").strip() or result["text"].strip().lstrip("-").isdigit():
                yield f"mappings: {result} has no word"
            if not result.get("color"):
                yield f"mappings: {result} has no colour"
    mappings = panel.get("fieldConfig", {}).get("defaults", {}).get("mappings")
    if panel["type"] in STATES and not has_words(mappings):
        yield "mappings: states are shown as bare numbers"
    for target in panel.get("targets", []):
        expression = target.get("expr", "")
        if panel["type"] in (*STATES, "stat") and YES_OR_NO.fullmatch(shown_family(expression)):
            for value in without_word(mappings, ZERO_AND_ONE):
                yield f"mappings: {value} has no word"
        if panel["type"] in STATES:
            yield from code_errors(expression, mappings)
    if panel["type"] == "table":
        yield from column_errors(panel)


def code_errors(expression: str, mappings: list[dict[str, Any]] | None) -> Iterator[str]:
    """Results that a lane of states leaves out, and numbers for states that have no word."""
    tree = parsed(expression)
    found = {f"{code:g}" for code in codes(tree)} if tree is not None else set()
    for code in without_word(mappings, found):
        yield f"mappings: the state {code} of the query has no word"
    if not found:
        return
    read = list(uses(tree))
    metrics = {use.metric for use in read if use.metric.endswith("_last_result")}
    named = {use.matches("result") for use in read}
    for value in sorted(known_values("result", metrics) if metrics else ()):
        if f'="{value}"' not in named:
            yield f"the query gives the result {value} no number of its own"


def column_errors(panel: Panel) -> Iterator[str]:
    """Columns of a table that show states, each of which needs words."""
    renamed: dict[str, str] = {}
    excluded: dict[str, bool] = {}
    for step in panel.get("transformations", []):
        renamed |= step.get("options", {}).get("renameByName", {})
        excluded |= step.get("options", {}).get("excludeByName", {})
    targets = panel.get("targets", [])
    columns: dict[str, set[str]] = {}
    for target in targets:
        tree = parsed(target.get("expr", ""))
        if YES_OR_NO.fullmatch(shown_family(target.get("expr", ""))):
            columns["Value" if len(targets) == 1 else f"Value #{target['refId']}"] = ZERO_AND_ONE
        for label in (kept_labels(tree) if tree is not None else None) or ():
            if label in STATE_LABELS:
                columns[label] = known_values(label, {use.metric for use in uses(tree)})
    for column, values in sorted(columns.items()):
        name = renamed.get(column, column)
        settings = properties(panel, name)
        if excluded.get(column) or settings.get("custom.hidden"):
            continue
        mappings = settings.get("mappings") or panel["fieldConfig"]["defaults"].get("mappings")
        if not has_words(mappings):
            yield f'column "{name}": its states have no words'
        else:
            for value in without_word(mappings, values):
                yield f'column "{name}": {value} has no word'

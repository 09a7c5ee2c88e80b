"""The part of the checklist about tables: every column is known, named and placed."""

from __future__ import annotations

from collections.abc import Iterator

from fields import Panel
from promql import kept_labels, parsed


def columns(panel: Panel) -> set[str] | None:
    """The columns that a table's queries give; None where one of them does not say its labels."""
    targets = panel.get("targets", [])
    found = {"Time"}
    for target in targets:
        tree = parsed(target.get("expr", ""))
        labels = kept_labels(tree) if tree is not None else None
        if labels is None:
            return None
        found |= labels | {"Value" if len(targets) == 1 else f"Value #{target['refId']}"}
    return found


def table_errors(panel: Panel) -> Iterator[str]:
    """Names of columns that no query gives, columns without a name of their own, settings for columns not there."""
    found = columns(panel)
    organized = [step.get("options", {}) for step in panel.get("transformations", []) if step.get("id") == "organize"]
    if found is None or len(organized) != 1:
        yield "a table wants queries that say their labels (by ...), and one organize to name the columns"
        return
    renamed = organized[0].get("renameByName", {})
    excluded = {name for name, off in organized[0].get("excludeByName", {}).items() if off}
    for key in ("renameByName", "excludeByName", "indexByName"):
        for name in sorted(organized[0].get(key, {}).keys() - found):
            yield f'organize.{key}: no query gives a column "{name}"'
    shown = [renamed.get(name, name) for name in found - excluded]
    for name in sorted(name for name in shown if name == "Time" or name.startswith("Value")):
        yield f'organize: the column "{name}" is shown by this name'
    for name in sorted({name for name in shown if shown.count(name) > 1}):
        yield f'organize: two columns are called "{name}"'
    settings = [override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]
                if override["matcher"]["id"] == "byName"]
    sorted_by = [each["displayName"] for each in panel.get("options", {}).get("sortBy", [])]
    for name in sorted(set(settings + sorted_by) - set(shown)):
        yield f'there is no column "{name}" to set or to sort by'

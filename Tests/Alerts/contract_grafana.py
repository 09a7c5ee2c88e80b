"""The queries of a Grafana dashboard, and the names by which it speaks of their results."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Iterator

VARIABLE = re.compile(r"\$\{(\w+)(?::[^}]*)?\}|\$(\w+)|\[\[(\w+)\]\]")
LABEL_VALUES = re.compile(r"label_values\(\s*(?:(?P<selector>.+?)\s*,\s*)?(?P<label>\w+)\s*\)\s*", re.DOTALL)
QUERY_RESULT = re.compile(r"query_result\((?P<expression>.+)\)\s*", re.DOTALL)
LEGEND_LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")
FIELD_NAME = re.compile(r"\$\{__data\.fields(?:\.(\w+)|\[\"?([^\"\]]+)\"?\])")
FIELD_LABEL = re.compile(r"\$\{__field\.labels(?:\.(\w+)|\[\"?([^\"\]]+)\"?\])")
#: Names of the columns that every table query gives, besides its labels.
COLUMNS = re.compile(r"Time|Value|Time \d+|Value #\w+|Trend #\w+|Metric")


@dataclass(frozen=True)
class Query:
    """An expression and the labels that are read from its result."""

    place: str
    expression: str
    labels: tuple[str, ...] = ()


@dataclass
class Panel:
    """The queries of a panel, and the fields that its transformations, overrides and links name."""

    place: str
    queries: list[Query] = field(default_factory=list)
    references: set[str] = field(default_factory=set)
    fields: dict[str, str] = field(default_factory=dict)
    field_labels: dict[str, str] = field(default_factory=dict)
    renamed: set[str] = field(default_factory=set)
    names_are_values: bool = False


def plain(expression: str) -> str:
    """The expression with stand-ins of the right kind for Grafana's variables."""
    result, end, quote, brackets = "", 0, "", 0
    for match in VARIABLE.finditer(expression):
        for character in expression[end:match.start()]:
            if quote:
                quote = "" if character == quote else quote
            elif character in "\"'`":
                quote = character
            else:
                brackets += (character == "[") - (character == "]")
        name = next(group for group in match.groups() if group)
        result += expression[end:match.start()] + _stand_in(name, bool(quote), brackets > 0)
        end = match.end()
    return result + expression[end:]


def _stand_in(name: str, is_quoted: bool, is_duration: bool) -> str:
    if name.endswith(("_s", "_ms")) and name.startswith("__"):
        return "3600"
    if is_quoted:
        return "x"
    return "1h" if is_duration or name in ("__interval", "__rate_interval", "__range") else "1"


def variables(dashboard: dict) -> Iterator[Query]:
    """The queries that fill the variables."""
    for variable in dashboard.get("templating", {}).get("list", []):
        if variable.get("type") != "query":
            continue
        place = f"variable {variable.get('name')}"
        query = variable.get("query", "")
        text = plain(query.get("query", "") if isinstance(query, dict) else query).strip()
        if match := LABEL_VALUES.fullmatch(text):
            yield Query(place, match["selector"] or '{__name__=~"mailstore_.+"}', (match["label"],))
        elif match := QUERY_RESULT.fullmatch(text):
            yield Query(place, match["expression"])
        else:
            # Neither form: let the parser say so.
            yield Query(place, text)


def annotations(dashboard: dict) -> Iterator[Query]:
    """The queries of the annotations, with the labels that their texts and tags name."""
    for annotation in dashboard.get("annotations", {}).get("list", []):
        target = annotation.get("target") or {}
        expression = annotation.get("expr") or target.get("expr")
        if not expression:
            continue
        texts = " ".join(str(annotation.get(key) or "") for key in ("titleFormat", "textFormat"))
        keys = [key.strip() for key in str(annotation.get("tagKeys") or "").split(",") if key.strip()]
        labels = (*LEGEND_LABEL.findall(texts), *keys)
        yield Query(f"annotation {annotation.get('name')}", plain(expression), labels)


def panels(dashboard: dict) -> Iterator[Panel]:
    """All panels that query something, those in collapsed rows among them."""
    waiting = list(dashboard.get("panels", []))
    while waiting:
        source = waiting.pop(0)
        waiting += source.get("panels") or []
        panel = Panel(f"panel {source.get('id')} \"{source.get('title')}\"")
        for target in source.get("targets") or []:
            panel.references.add(target.get("refId", ""))
            legend = target.get("legendFormat") or ""
            labels = tuple(LEGEND_LABEL.findall(legend))
            # Series are named by their legend: a fixed one is a name, one with labels may be anything.
            panel.names_are_values |= bool(labels)
            panel.renamed.add(legend)
            place = f"{panel.place}, query {target.get('refId')}"
            panel.queries.append(Query(place, plain(target.get("expr", "")), labels))
        _read_transformations(source, panel)
        _read_overrides(source, panel)
        _read_links(source, panel)
        yield panel


def _read_transformations(source: dict, panel: Panel) -> None:
    for transformation in source.get("transformations") or []:
        options, kind = transformation.get("options") or {}, transformation.get("id")
        names: list[str] = []
        match kind:
            case "organize":
                for key in ("excludeByName", "indexByName", "renameByName"):
                    names += options.get(key) or {}
                panel.renamed.update(filter(None, (options.get("renameByName") or {}).values()))
            case "joinByField":
                names.append(options.get("byField") or "")
            case "groupBy" | "convertFieldType" | "labelsToFields":
                fields = options.get("fields") or {}
                names += fields if isinstance(fields, dict) else []
                names += options.get("keepLabels") or []
            case "filterFieldsByName":
                for side in ("include", "exclude"):
                    names += (options.get(side) or {}).get("names") or []
            case "sortBy":
                names += [entry.get("field") or "" for entry in options.get("sort") or []]
            case "calculateField":
                panel.renamed.add(options.get("alias") or "")
        for name in names:
            panel.fields.setdefault(name, f"transformation {kind}")


def _read_overrides(source: dict, panel: Panel) -> None:
    for override in (source.get("fieldConfig") or {}).get("overrides") or []:
        matcher = override.get("matcher") or {}
        if matcher.get("id") == "byName" and not panel.names_are_values:
            panel.fields.setdefault(matcher.get("options") or "", "override")
        for entry in override.get("properties") or []:
            if entry.get("id") == "displayName":
                panel.renamed.add(str(entry.get("value")))


def _read_links(source: dict, panel: Panel) -> None:
    for url in strings(source, "url"):
        for pattern, found in ((FIELD_NAME, panel.fields), (FIELD_LABEL, panel.field_labels)):
            for groups in pattern.findall(url):
                found.setdefault(next(filter(None, groups)), "link")


def strings(source: object, key: str) -> Iterator[str]:
    """Every text under a key, at any depth."""
    if isinstance(source, dict):
        for name, value in source.items():
            if name == key and isinstance(value, str):
                yield value
            else:
                yield from strings(value, key)
    elif isinstance(source, list):
        for value in source:
            yield from strings(value, key)

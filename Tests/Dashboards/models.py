"""Checks the dashboards against the models of Grafana's official SDK: keys, types, values of enumerations.

    python Tests/Dashboards/models.py [FILES]

Each file is loaded by the SDK and written again: a key that got lost on the way is one that Grafana does not know.
Since loading takes almost any value for any other, all values are then held against the type hints of the models, those
of each panel type's options and custom settings included.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterator
from typing import Any, Literal

from grafana_foundation_sdk.cog import plugins, runtime, variants
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard, prometheus

from boards import Board, run
from hints import key_hints, mismatches, shown

plugins.register_default_plugins()

QUERIES: dict[type, type] = {variants.Dataquery: prometheus.Dataquery}

# What Grafana's Prometheus data source reads from an annotation; the SDK leaves it out, since it is the plug-in's.
ANNOTATION_EXTRAS: dict[str, Any] = {
    "target": prometheus.Dataquery, "step": str, "titleFormat": str, "textFormat": str, "tagKeys": str,
    "useValueForTime": bool,
}

# Settings that a panel type offers in Grafana though its schema, and so the SDK, has forgotten them.
CUSTOM_EXTRAS: dict[str, dict[str, Any]] = {
    "state-timeline": {"spanNulls": bool | float, "insertNulls": bool | float},
}

# A query variable's query has no model in the SDK (it is any object there).
VARIABLE_QUERY: dict[str, Any] = {"query": str, "refId": str, "qryType": int}

# The options of the transformations, which the SDK takes as any object. Add one here when a dashboard needs it.
TRANSFORMATIONS: dict[str, dict[str, Any]] = {
    "merge": {},
    "seriesToRows": {},
    "organize": {
        "excludeByName": dict[str, bool], "includeByName": dict[str, bool], "indexByName": dict[str, int],
        "renameByName": dict[str, str],
    },
    "joinByField": {"byField": str, "mode": Literal["outer", "inner", "outerTabular"]},
    "sortBy": {"fields": dict[str, object], "sort": list[dict[str, object]]},
    "labelsToFields": {"mode": Literal["columns", "rows"], "keepLabels": list[str], "valueLabel": str},
    "renameByRegex": {"regex": str, "renamePattern": str},
    "filterFieldsByName": {"include": dict[str, object], "exclude": dict[str, object], "byVariable": bool},
    "calculateField": {
        "mode": Literal["reduceRow", "binary", "unary", "cumulativeFunctions", "windowFunctions", "index"],
        "alias": str, "replaceFields": bool, "binary": dict[str, object], "reduce": dict[str, object],
        "unary": dict[str, object],
    },
    "reduce": {
        "reducers": list[str], "mode": Literal["seriesToRows", "reduceFields"], "includeTimeField": bool,
        "labelsToFields": bool,
    },
}

# The matchers of overrides and the type of what they match.
MATCHERS: dict[str, Any] = {
    "byName": str, "byRegexp": str, "byType": str, "byFrameRefID": str, "byNames": dict[str, object],
    "byValue": dict[str, object],
}


def plugin_model(panel_type: str, part: Literal["options", "custom"]) -> type | None:
    """The model of a panel type's options or of its custom field settings; None where it has none."""
    config = runtime.panelcfg_config(panel_type)
    if config is None:
        return None
    hook = config.options_from_json_hook if part == "options" else config.field_config_from_json_hook
    return hook.__self__ if hook is not None else None


def lost(source: Any, written: Any, path: str) -> Iterator[str]:
    """What is not the same after the SDK has read it and written it again."""
    if isinstance(source, dict) and isinstance(written, dict):
        for key, value in source.items():
            inner = f"{path}.{key}" if path else key
            if key not in written:
                hint = "leave it out: null is not written" if value is None else "the SDK does not know it"
                yield f"{inner}: unknown key ({hint})"
            else:
                yield from lost(value, written[key], inner)
    elif isinstance(source, list) and isinstance(written, list) and len(source) == len(written):
        for index, (one, other) in enumerate(zip(source, written)):
            yield from lost(one, other, f"{path}[{index}]")
    elif source != written or isinstance(source, bool) != isinstance(written, bool):
        yield f"{path}: {shown(source)} becomes {shown(written)}"


def panel_errors(panel: dict[str, Any], path: str) -> Iterator[str]:
    """What the panel's own type knows better than the common model: options, custom settings, overrides."""
    kind = panel.get("type", "")
    if kind == "row":
        return
    options = plugin_model(kind, "options")
    if options is None:
        yield f"{path}.type: no panel type of the SDK, found {shown(kind)}"
        return
    yield from mismatches(panel.get("options", {}), options, f"{path}.options", {})
    custom = plugin_model(kind, "custom")
    custom_hints = (key_hints(custom) if custom else {}) | CUSTOM_EXTRAS.get(kind, {})
    config = panel.get("fieldConfig", {})
    settings = config.get("defaults", {}).get("custom", {})
    yield from mismatches(settings, custom_hints, f"{path}.fieldConfig.defaults.custom", {})
    field_hints = key_hints(dashboard.FieldConfig)
    for index, override in enumerate(config.get("overrides", [])):
        inner = f"{path}.fieldConfig.overrides[{index}]"
        matcher = override.get("matcher", {})
        if matcher.get("id") not in MATCHERS:
            yield f"{inner}.matcher.id: expected one of {', '.join(MATCHERS)}, found {shown(matcher.get('id'))}"
        else:
            yield from mismatches(matcher.get("options"), MATCHERS[matcher["id"]], f"{inner}.matcher.options", {})
        for number, item in enumerate(override.get("properties", [])):
            name = str(item.get("id", ""))
            known = custom_hints.get(name.removeprefix("custom.")) if "." in name else field_hints.get(name)
            place = f"{inner}.properties[{number}]"
            if known is None or name == "custom":
                yield f"{place}.id: unknown property {shown(name)} of a {kind} panel"
            else:
                yield from mismatches(item.get("value"), known, f"{place}.value", {})
    for index, step in enumerate(panel.get("transformations", [])):
        inner = f"{path}.transformations[{index}]"
        if step.get("id") not in TRANSFORMATIONS:
            yield f"{inner}.id: expected one of {', '.join(TRANSFORMATIONS)}, found {shown(step.get('id'))}"
        else:
            yield from mismatches(step.get("options"), TRANSFORMATIONS[step["id"]], f"{inner}.options", {})


def own_errors(board: Board) -> Iterator[str]:
    """What has no model in the SDK, or a better one than it uses."""
    for path, panel in board.panels():
        yield from panel_errors(panel, path)
    for index, annotation in enumerate(board.annotations()):
        extras = {key: value for key, value in annotation.items() if key in ANNOTATION_EXTRAS}
        yield from mismatches(extras, ANNOTATION_EXTRAS, f"annotations.list[{index}]", {})
    for index, variable in enumerate(board.variables()):
        if variable.get("type") == "query":
            yield from mismatches(variable.get("query"), VARIABLE_QUERY, f"templating.list[{index}].query", {})


def without_extras(board: Board) -> Any:
    """A copy of the dashboard without the keys that Grafana knows and the SDK does not."""
    copied = Board(board.file, copy.deepcopy(board.data))
    for annotation in copied.annotations():
        for key in ANNOTATION_EXTRAS:
            annotation.pop(key, None)
    for _, panel in copied.panels():
        for key in CUSTOM_EXTRAS.get(panel.get("type", ""), {}):
            panel.get("fieldConfig", {}).get("defaults", {}).get("custom", {}).pop(key, None)
    return copied.data


def check(board: Board) -> list[str]:
    """All errors of a dashboard, each place once."""
    try:
        source = without_extras(board)
    except (AttributeError, TypeError):
        source = board.data  # A wrong type somewhere above them; the models will say where.
    errors = list(mismatches(source, dashboard.Dashboard, "", QUERIES))
    try:
        errors += own_errors(board)
    except (AttributeError, TypeError) as error:
        if not errors:  # A wrong type higher up has been reported already.
            errors.append(f"its structure cannot be followed: {error}")
    places = {error.split(": ")[0] for error in errors}
    try:
        model = dashboard.Dashboard.from_json(copy.deepcopy(source))
        written = json.loads(json.dumps(model, cls=JSONEncoder))
    except Exception as error:  # noqa: BLE001 - the SDK raises whatever its code stumbles over
        return errors or [f"the SDK cannot load it: {type(error).__name__}: {error}"]
    return errors + [error for error in lost(source, written, "") if error.split(": ")[0] not in places]


if __name__ == "__main__":
    sys.exit(run(check, "as Grafana's models have them", "Names and types are those of grafana_foundation_sdk.models."))

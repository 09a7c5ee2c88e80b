"""The checklist of a single panel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grafana_foundation_sdk.models import units

from boards import has_data
from fields import Panel, all_settings, results
from promql import kept_labels, parsed
from state_lint import state_errors
from table_lint import table_errors

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
UNITS = {value for name, value in vars(units).items() if isinstance(value, str) and not name.startswith("_")}
SIZES = ("bytes", "decbytes")
MANY_SERIES = ("timeseries", "state-timeline", "status-history", "bargauge", "barchart", "piechart")
ALARMING = re.compile(r"red|orange", re.IGNORECASE)
ADVICE = re.compile(
    r"\b(look|see|run|open|check|read|start|restart|renew|treat|compare|find|raise|create|buy|have|choose|bring|set up|"
    r"collect|report|install|move|free|wait|tell|get|select|follow|increase|update|allow)\b", re.IGNORECASE)


def text_errors(panel: Panel) -> Iterator[str]:
    """Title, description, unit, the text for no data."""
    description = panel.get("description", "")
    if len(description) < 40 or description.strip(". ") == panel.get("title"):
        yield "description: says too little about what is shown and what to do"
    settings = list(all_settings(panel))
    colors = [step.get("color", "") for one in settings for step in (one.get("thresholds") or {}).get("steps", [])]
    colors += [result.get("color", "") for one in settings for result in results(one.get("mappings"))]
    if any(ALARMING.search(color) for color in colors) and not ADVICE.search(description):
        yield "description: does not say what to do when it is red"
    defaults = settings[0]
    for index, one in enumerate(settings):
        unit = one.get("unit") if index else one.get("unit", "(missing)")
        if unit is not None and unit not in UNITS and not unit.startswith(("suffix:", "prefix:", "time:")):
            yield f"unit: {unit} is none of Grafana's"
    no_value = defaults.get("noValue", "").strip()
    if not re.search(r"[a-z]{2}", no_value):
        yield f'noValue: "{no_value}" does not say in words that there is no data'


def target_errors(panel: Panel) -> Iterator[str]:
    """Data sources, letters, legends, tables."""
    if panel.get("datasource") != DATASOURCE:
        yield "datasource: expected prometheus ${datasource}"
    letters = [target.get("refId") for target in panel.get("targets", [])]
    if len(set(letters)) != len(letters) or None in letters:
        yield f"targets: the refIds {letters} are not all different"
    for index, target in enumerate(panel.get("targets", [])):
        if target.get("datasource") != DATASOURCE:
            yield f"targets[{index}].datasource: expected prometheus ${{datasource}}"
        if panel["type"] == "table" and (target.get("format"), target.get("instant")) != ("table", True):
            yield f'targets[{index}]: a table wants "format": "table" and "instant": true'
        if "$__rate_interval" in target.get("expr", "") and not target.get("interval"):
            yield f"targets[{index}].interval: a rate wants the scrape interval as minimum step; Grafana assumes 15 s"
        if panel["type"] in MANY_SERIES:
            legend = target.get("legendFormat", "")
            tree = parsed(target.get("expr", ""))
            single = tree is not None and kept_labels(tree) == set()
            if legend in ("", "__auto") or not single and "{{" not in legend:
                yield f"targets[{index}].legendFormat: name the series by {{{{label}}}}, found \"{legend}\""


def stacking_errors(panel: Panel) -> Iterator[str]:
    """Only sizes add up."""
    unit = panel.get("fieldConfig", {}).get("defaults", {}).get("unit")
    modes = [(one.get("custom.stacking") or {}).get("mode") for one in all_settings(panel)]
    modes.append(panel.get("options", {}).get("stacking"))
    if any(mode not in (None, "none", "off") for mode in modes) and unit not in SIZES:
        yield f"stacking: only sizes add up, and this is in {unit}"


def panel_errors(panel: Panel) -> Iterator[str]:
    """All errors of one panel."""
    if not panel.get("title", "").strip():
        yield "title: there is none"
    if has_data(panel):
        yield from text_errors(panel)
        yield from target_errors(panel)
        yield from state_errors(panel)
        yield from stacking_errors(panel)
        if panel["type"] == "table":
            yield from table_errors(panel)

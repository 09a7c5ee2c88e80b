"""Constructors of the panels, one for each kind that the dashboards use.

All take a title, a description that says what to do, queries, a unit and the text for "there is no data".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mappings
import thresholds
from variables import DATASOURCE

Panel = dict[str, Any]
Field = dict[str, Any]

BOTTOM_LIST = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
NO_LEGEND = {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []}
ALL_SERIES = {"mode": "multi", "sort": "desc"}
ONE_SERIES = {"mode": "single", "sort": "none"}
SCRAPE_INTERVAL = "1m"
LAST_VALUE = {"calcs": ["lastNotNull"], "fields": "", "values": False}


@dataclass(frozen=True)
class Query:
    """An expression over the time range, or `instant` for its end only, or as rows of a `table`."""

    expr: str
    legend: str = ""
    instant: bool = False
    table: bool = False
    interval: str = ""

    def target(self, number: int) -> dict[str, Any]:
        """The query as Grafana keeps it, with its letter."""
        target = {"refId": chr(ord("A") + number), "datasource": DATASOURCE, "editorMode": "code", "expr": self.expr,
                  "legendFormat": self.legend, "instant": self.instant, "range": not self.instant,
                  "format": "table" if self.table else "time_series"}
        # Grafana takes 15 s for a data source's scrape interval unless told otherwise; a rate over four of them is empty.
        interval = self.interval or (SCRAPE_INTERVAL if "$__rate_interval" in self.expr else "")
        return {**target, "interval": interval} if interval else target


def now(expr: str, legend: str = "") -> Query:
    """The value at the end of the time range."""
    return Query(expr, legend, instant=True)


def panel(kind: str, title: str, description: str, queries: list[Query], field: Field, options: Field,
          **more: Any) -> Panel:
    """A panel of any kind; `more` are keys of the panel itself."""
    overrides = more.pop("overrides", [])
    return {"type": kind, "title": title, "description": description, "datasource": DATASOURCE,
            "targets": [query.target(number) for number, query in enumerate(queries)],
            "fieldConfig": {"defaults": field, "overrides": overrides}, "options": options, **more}


def link_to(uid: str) -> list[dict[str, Any]]:
    """A link of a panel to another dashboard, with the same time range and variables."""
    return [{"title": "Open details", "url": f"/d/{uid}?${{__url_time_range}}&${{__all_variables}}",
             "type": "link", "icon": "", "tooltip": "", "tags": [], "asDropdown": False, "targetBlank": False,
             "includeVars": False, "keepTime": False}]


def _single(unit: str, no_value: str, steps: Field | None, words: list[Field], decimals: int | None) -> Field:
    """The field of a panel that shows one value at a time."""
    field: Field = {"unit": unit, "noValue": no_value, "color": {"mode": "thresholds"},
                    "thresholds": steps or thresholds.plain(), "mappings": words + mappings.unknown(no_value)}
    return field if decimals is None else {**field, "decimals": decimals}


def stat(title: str, description: str, *queries: Query, unit: str = "none", no_value: str = "no data",
         steps: Field | None = None, words: list[Field] | None = None, decimals: int | None = None,
         text: str = "auto", filled: bool = False, link: str = "",
         overrides: list[Field] | None = None) -> Panel:
    """Large single values; `text="name"` shows the legend in place of the value."""
    options = {"reduceOptions": LAST_VALUE, "colorMode": "background" if filled else "value",
               "graphMode": "none", "justifyMode": "center", "orientation": "auto", "textMode": text,
               "wideLayout": True, "showPercentChange": False}
    return panel("stat", title, description, list(queries), _single(unit, no_value, steps, words or [], decimals),
                 options, overrides=overrides or [], **({"links": link_to(link)} if link else {}))


def gauge(title: str, description: str, query: Query, unit: str, no_value: str, steps: Field,
          maximum: float) -> Panel:
    """A dial from 0 to the maximum."""
    options = {"reduceOptions": LAST_VALUE, "orientation": "auto", "showThresholdLabels": False,
               "showThresholdMarkers": True, "sizing": "auto", "minVizWidth": 75, "minVizHeight": 75}
    field = {**_single(unit, no_value, steps, [], None), "min": 0, "max": maximum}
    return panel("gauge", title, description, [query], field, options)


def bar_gauge(title: str, description: str, query: Query, unit: str, no_value: str, steps: Field | None = None,
              words: list[Field] | None = None, maximum: float | None = None, decimals: int | None = None,
              overrides: list[Field] | None = None, bar: str = "blue") -> Panel:
    """A horizontal bar a series."""
    options = {"reduceOptions": LAST_VALUE, "orientation": "horizontal", "displayMode": "basic", "valueMode": "color",
               "namePlacement": "left", "showUnfilled": True, "sizing": "auto", "minVizWidth": 8, "minVizHeight": 16,
               "maxVizHeight": 28, "legend": NO_LEGEND}
    field = {**_single(unit, no_value, steps or thresholds.plain(bar), words or [], decimals), "min": 0}
    if maximum is not None:
        field["max"] = maximum
    return panel("bargauge", title, description, [query], field, options, overrides=overrides or [])


def _graph(unit: str, no_value: str, custom: Field, steps: Field | None, decimals: int | None) -> Field:
    field: Field = {"unit": unit, "noValue": no_value, "min": 0, "color": {"mode": "palette-classic"},
                    "mappings": [], "thresholds": steps or thresholds.plain(),
                    "custom": {"lineWidth": 1, "fillOpacity": 0, "gradientMode": "none", "showPoints": "never",
                               "spanNulls": False, "axisBorderShow": False, "axisPlacement": "auto",
                               "thresholdsStyle": {"mode": "dashed" if steps else "off"},
                               "stacking": {"mode": "none", "group": "A"}, **custom}}
    return field if decimals is None else {**field, "decimals": decimals}


def lines(title: str, description: str, *queries: Query, unit: str, no_value: str = "no data",
          steps: Field | None = None, calcs: tuple[str, ...] = (), decimals: int | None = None,
          interval: str = "", overrides: list[Field] | None = None, custom: Field | None = None) -> Panel:
    """Lines over time; with `calcs`, the legend is a table of them. Thresholds are dashed lines."""
    legend = {"displayMode": "table", "placement": "bottom", "showLegend": True, "calcs": list(calcs)}
    return panel("timeseries", title, description, list(queries),
                 _graph(unit, no_value, {"drawStyle": "line", "lineInterpolation": "linear", **(custom or {})}, steps,
                        decimals),
                 {"legend": legend if calcs else BOTTOM_LIST, "tooltip": ALL_SERIES},
                 overrides=overrides or [], **({"interval": interval} if interval else {}))


def stacked_sizes(title: str, description: str, query: Query, no_value: str = "no data") -> Panel:
    """Areas on top of each other: only for sizes, which add up."""
    return lines(title, description, query, unit="bytes", no_value=no_value, calcs=("lastNotNull",),
                 custom={"fillOpacity": 45, "stacking": {"mode": "normal", "group": "A"}})


def bars(title: str, description: str, query: Query, unit: str, interval: str, no_value: str = "no data",
         decimals: int | None = None, below_zero: bool = False, color: str = "") -> Panel:
    """A bar for each interval of time, series over each other; in one colour where there is a single series."""
    made = lines(title, description, query, unit=unit, no_value=no_value, decimals=decimals, interval=interval,
                 custom={"drawStyle": "bars", "fillOpacity": 60, "lineWidth": 0, "barAlignment": -1,
                         "barWidthFactor": 0.8})
    if color:
        made["fieldConfig"]["defaults"]["color"] = {"mode": "fixed", "fixedColor": color}
    if below_zero:
        del made["fieldConfig"]["defaults"]["min"]
        made["fieldConfig"]["defaults"]["custom"]["axisSoftMin"] = 0
    return made


def _states(words: list[Field], no_value: str, line_width: int) -> Field:
    return {"unit": "none", "noValue": no_value, "mappings": words, "color": {"mode": "thresholds"},
            "thresholds": thresholds.plain(mappings.PURPLE), "custom": {"lineWidth": line_width, "fillOpacity": 80}}


def state_timeline(title: str, description: str, *queries: Query, words: list[Field], no_value: str) -> Panel:
    """A lane a series, coloured by its state."""
    options = {"mergeValues": True, "showValue": "auto", "alignValue": "left", "rowHeight": 0.8,
               "legend": NO_LEGEND, "tooltip": ONE_SERIES}
    return panel("state-timeline", title, description, list(queries), _states(words, no_value, 0), options)


def status_history(title: str, description: str, *queries: Query, words: list[Field], no_value: str) -> Panel:
    """A lane a series with a cell for each interval of time."""
    options = {"showValue": "never", "rowHeight": 0.8, "colWidth": 0.85, "legend": BOTTOM_LIST, "tooltip": ONE_SERIES}
    return panel("status-history", title, description, list(queries), _states(words, no_value, 1), options,
                 interval="1h", maxDataPoints=200)

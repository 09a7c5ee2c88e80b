"""A small dashboard that is right in every respect, for tests that plant one fault in it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from boards import Board

SOURCE: dict[str, str] = {"type": "prometheus", "uid": "${datasource}"}
SCOPE = 'job=~"$job", instance=~"$instance", target=~"$target"'
STORES = SCOPE + ', instance_id=~"$instance_id"'


def variable(name: str, query: str, all_value: str) -> dict[str, Any]:
    """A query variable with an "All"."""
    return {
        "type": "query", "name": name, "label": name, "datasource": SOURCE, "includeAll": True, "multi": True,
        "query": {"query": query, "refId": name}, "allValue": all_value, "refresh": 2, "sort": 1,
        "current": {"text": "All", "value": "$__all"},
    }


def target(expression: str, **rest: Any) -> dict[str, Any]:
    """A query of a panel."""
    return {"refId": "A", "datasource": SOURCE, "expr": expression, **rest}


UP = {
    "type": "state-timeline", "id": 2, "title": "Availability", "datasource": SOURCE,
    "description": "Whether the server answers. When it is red, run `mailstore_exporter check` and see what fails.",
    "gridPos": {"x": 0, "y": 1, "w": 12, "h": 8},
    "targets": [target(f"mailstore_up{{{SCOPE}}}", legendFormat="{{target}}", range=True)],
    "options": {"showValue": "never", "rowHeight": 0.8, "mergeValues": True},
    "fieldConfig": {
        "defaults": {
            "unit": "none", "noValue": "no data", "custom": {"fillOpacity": 80, "spanNulls": 3600000},
            "color": {"mode": "thresholds"},
            "mappings": [
                {"type": "value", "options": {
                    "0": {"text": "unreachable", "color": "red", "index": 0},
                    "1": {"text": "up", "color": "green", "index": 1},
                }},
                {"type": "special", "options": {"match": "null", "result": {"text": "no data", "color": "gray"}}},
            ],
            "thresholds": {"mode": "absolute", "steps": [
                {"value": None, "color": "red"}, {"value": 1, "color": "green"},
            ]},
        },
        "overrides": [],
    },
}

SIZE = {
    "type": "timeseries", "id": 3, "title": "Size of the stores", "datasource": SOURCE,
    "description": "How large each store is, by the server's own statistics, and what they add up to.",
    "gridPos": {"x": 12, "y": 1, "w": 12, "h": 8},
    "targets": [target(f"mailstore_store_size_bytes{{{STORES}}}", legendFormat="{{target}}: {{store_name}}")],
    "options": {
        "legend": {"calcs": ["lastNotNull"], "displayMode": "table", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "fieldConfig": {
        "defaults": {
            "unit": "bytes", "noValue": "no data",
            "custom": {"drawStyle": "line", "fillOpacity": 30, "stacking": {"mode": "normal", "group": "A"}},
        },
        "overrides": [],
    },
}

TABLE = {
    "type": "table", "id": 4, "title": "Certificates", "datasource": SOURCE,
    "description": "How long each certificate is valid. When it is red, renew it on the server at once.",
    "gridPos": {"x": 0, "y": 9, "w": 24, "h": 8},
    "targets": [target(f"max by (target) (mailstore_api_certificate_not_after_timestamp_seconds{{{SCOPE}}} - time())",
                       format="table", instant=True)],
    "options": {"showHeader": True, "cellHeight": "sm"},
    "transformations": [
        {"id": "merge", "options": {}},
        {"id": "organize", "options": {
            "excludeByName": {"Time": True}, "indexByName": {"target": 0},
            "renameByName": {"target": "Server", "Value": "Left"},
        }},
    ],
    "fieldConfig": {
        "defaults": {
            "unit": "s", "noValue": "no certificate", "custom": {"align": "left", "cellOptions": {"type": "auto"}},
        },
        "overrides": [{
            "matcher": {"id": "byName", "options": "Left"},
            "properties": [
                {"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}},
                {"id": "unit", "value": "s"},
                {"id": "thresholds", "value": {"mode": "absolute", "steps": [
                    {"value": None, "color": "red"}, {"value": 259200, "color": "orange"},
                    {"value": 1814400, "color": "green"},
                ]}},
                {"id": "links", "value": [{
                    "title": "Open the server", "url": "/d/mailstore-server?var-target=${__data.fields.Server}",
                    "targetBlank": False,
                }]},
            ],
        }],
    },
}

DASHBOARD: dict[str, Any] = {
    "uid": "mailstore-fleet", "title": "MailStore / Fleet", "description": "All servers at a glance.",
    "tags": ["mailstore"], "editable": False, "graphTooltip": 1, "schemaVersion": 39, "refresh": "1m",
    "time": {"from": "now-24h", "to": "now"}, "timezone": "browser",
    "links": [{
        "type": "dashboards", "title": "MailStore", "tags": ["mailstore"], "asDropdown": True, "keepTime": True,
        "includeVars": True, "targetBlank": False, "icon": "external link", "tooltip": "", "url": "",
    }],
    "annotations": {"list": [
        {
            "name": "Firing alerts", "datasource": SOURCE, "enable": True, "iconColor": "red",
            "titleFormat": "{{alertname}}", "textFormat": "{{target}}",
            "target": {
                "refId": "Alerts", "datasource": SOURCE,
                "expr": 'ALERTS{alertname=~"MailStore.*", alertstate="firing", job=~"$job", instance=~"$instance", '
                        'target=~"$target"}',
            },
        },
        {
            "name": "Verifications", "datasource": SOURCE, "enable": True, "iconColor": "blue",
            "titleFormat": "Verified", "textFormat": "{{store_name}}", "useValueForTime": True,
            "target": {
                "refId": "Verifications", "datasource": SOURCE,
                "expr": f"mailstore_verification_last_completion_timestamp_seconds{{{STORES}}} * 1000",
            },
        },
    ]},
    "templating": {"list": [
        {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus"},
        variable("job", "label_values(mailstore_exporter_build_info, job)", ".+"),
        variable("instance", 'label_values(mailstore_exporter_build_info{job=~"$job"}, instance)', ".*"),
        variable("target", 'label_values(mailstore_up{job=~"$job", instance=~"$instance"}, target)', ".*"),
        variable("instance_id", f"label_values(mailstore_stores{{{SCOPE}}}, instance_id)", ".*"),
    ]},
    "panels": [
        {"type": "row", "id": 1, "title": "Now", "collapsed": False, "panels": [],
         "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}},
        UP, SIZE, TABLE,
    ],
}


def right() -> dict[str, Any]:
    """A copy to be spoilt."""
    return copy.deepcopy(DASHBOARD)


def board(data: dict[str, Any], name: str = "mailstore-fleet.json") -> Board:
    """A dashboard as the checks take it."""
    return Board(Path(name), data)


def at(data: Any, *steps: str | int) -> Any:
    """What lies at a place inside."""
    for step in steps:
        data = data[step]
    return data

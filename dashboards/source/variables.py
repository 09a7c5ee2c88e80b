"""The variables at the top of every dashboard."""

from __future__ import annotations

from typing import Any

import promql

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
ON_TIME_RANGE_CHANGE = 2
BY_NAME = 1
ALSO_EXPORTERS = '__name__=~"mailstore_up|mailstore_exporter_build_info"'


def _query(name: str, label: str, family: str, labels: str, all_value: str) -> dict[str, Any]:
    selector = f"{family}{{{labels}}}" if labels else family
    return {
        "name": name, "label": label, "type": "query", "datasource": DATASOURCE,
        "query": {"query": f"label_values({selector}, {name})", "refId": f"variable-{name}"},
        "multi": True, "includeAll": True, "allValue": all_value,
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]}, "options": [],
        "refresh": ON_TIME_RANGE_CHANGE, "sort": BY_NAME, "regex": "", "hide": 0, "skipUrlSync": False,
    }


def variables(of_exporters: bool) -> list[dict[str, Any]]:
    """All of them, each narrowed by those before it.

    What is offered is what has servers: with `/probe` those have another job and instance than the exporter itself, so the
    dashboard about exporters offers both.

    "All" must match series without the label too, where there can be such: an alert about an absent exporter has no
    instance, one about a dead exporter no target, and only what belongs to an SPE instance has an instance_id.
    """
    family, also = ("", ALSO_EXPORTERS) if of_exporters else ("mailstore_up", "")
    chosen = ", ".join(part for part in (also, 'job=~"$job"') if part)
    return [
        {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "regex": "",
         "multi": False, "includeAll": False, "options": [], "refresh": 1, "hide": 0, "skipUrlSync": False},
        _query("job", "Job", family, also, ".+"),
        _query("instance", "Exporter", family, chosen, ".*"),
        _query("target", "Server", "mailstore_up", promql.EXPORTER_LABELS, ".*"),
        _query("instance_id", "SPE instance", "mailstore_instance_info", promql.SERVER_LABELS, ".*"),
    ]

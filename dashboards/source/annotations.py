"""What is drawn over the time axes of every dashboard: finished verifications and firing alerts."""

from __future__ import annotations

from typing import Any

import mappings
from promql import ON_STORE, select
from variables import DATASOURCE

FIRING = 'alertname=~"MailStore.*", alertstate="firing"'


def _annotation(name: str, color: str, expr: str, **more: Any) -> dict[str, Any]:
    # titleFormat, textFormat, tagKeys and useValueForTime are read by Grafana's Prometheus data source.
    return {"name": name, "datasource": DATASOURCE, "enable": True, "hide": False, "iconColor": color,
            "expr": expr, **more}


def annotations() -> list[dict[str, Any]]:
    """Verifications stand where they were completed, by their time stamp; alerts are regions while they fire."""
    completed = select("mailstore_verification_last_completion_timestamp_seconds")
    result = select("mailstore_verification_last_result")
    return [
        _annotation("Verifications", mappings.BLUE,
                    f"{completed} * 1000 * on ({ON_STORE}) group_left (result) ({result} == 1)",
                    useValueForTime=True, titleFormat="Verification {{result}}",
                    textFormat="{{store_name}} (store {{store_id}}) of {{target}}", tagKeys="target,result"),
        _annotation("Firing alerts", mappings.RED, select("ALERTS", FIRING),
                    titleFormat="{{alertname}}", tagKeys="severity,target",
                    textFormat="{{store_name}} {{job_name}} {{profile_name}} {{target}} {{instance_id}}"),
    ]

"""What all dashboards have in common around their panels."""

from __future__ import annotations

from typing import Any

from annotations import annotations
from layout import Line, arrange
from variables import variables

TAG = "mailstore"
SHARED_CROSSHAIR = 1


def board(uid: str, title: str, description: str, since: str, refresh: str, *lines: Line) -> dict[str, Any]:
    """A dashboard of the given lines; its uid is the name of its file, too."""
    return {
        "uid": uid, "title": title, "description": description, "tags": [TAG], "version": 1,
        "schemaVersion": 39, "editable": False, "graphTooltip": SHARED_CROSSHAIR, "timezone": "browser",
        "time": {"from": f"now-{since}", "to": "now"}, "refresh": refresh, "timepicker": {}, "weekStart": "",
        "fiscalYearStartMonth": 0, "liveNow": False,
        "templating": {"list": variables(of_exporters=uid == "mailstore-exporter")},
        "annotations": {"list": annotations()},
        "links": [{"type": "dashboards", "title": "MailStore dashboards", "tags": [TAG], "asDropdown": True,
                   "keepTime": True, "includeVars": True, "targetBlank": False, "icon": "external link",
                   "tooltip": "", "url": ""}],
        "panels": arrange(*lines),
    }

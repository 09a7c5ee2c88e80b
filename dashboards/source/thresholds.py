"""Every threshold that a panel colours by, with the alert that it equals. Orange is a warning, red is critical."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mappings

DAY = 86400
COLORS = {"critical": mappings.RED, "warning": mappings.ORANGE, "info": mappings.BLUE}


@dataclass(frozen=True)
class Threshold:
    """A number of an alert's expression, at which a panel changes its colour."""

    alert: str
    severity: str
    value: float

    @property
    def step(self) -> tuple[str, float]:
        """The colour of its severity, and the value from which on it is shown."""
        return COLORS[self.severity], self.value


THRESHOLDS: dict[str, Threshold] = {
    "certificate_soon": Threshold(alert="MailStoreCertificateExpiring", severity="warning", value=21 * DAY),
    "certificate_now": Threshold(alert="MailStoreCertificateExpiring", severity="critical", value=3 * DAY),
    "verification_overdue": Threshold(alert="MailStoreVerificationOverdue", severity="warning", value=1.25),
    "profile_overdue": Threshold(alert="MailStoreProfileOverdue", severity="critical", value=2.125),
    "job_overdue": Threshold(alert="MailStoreJobOverdue", severity="warning", value=2.125),
    "license_used": Threshold(alert="MailStoreLicenseNearlyUsedUp", severity="warning", value=0.95),
    "api_errors": Threshold(alert="MailStoreApiErrors", severity="warning", value=0.2),
    "data_stale": Threshold(alert="MailStoreExporterDataStale", severity="warning", value=3),
    "instance_stale": Threshold(alert="MailStoreInstanceNotCollected", severity="warning", value=3),
}

Steps = dict[str, Any]


def steps(base: str, *above: tuple[str, float]) -> Steps:
    """Grafana's thresholds: the colour at the bottom, then colours from a value on."""
    return {"mode": "absolute", "steps": [{"color": base, "value": None},
                                          *({"color": color, "value": value} for color, value in above)]}


def plain(color: str = "text") -> Steps:
    """One colour: the panel only informs."""
    return steps(color)


def any_is(severity: str) -> Steps:
    """Green at 0, the colour of the severity from 1 on: for counts of things that are wrong."""
    return steps(mappings.GREEN, (COLORS[severity], 1))


def rising(*names: str) -> Steps:
    """Green below the named thresholds: for what gets worse as it grows."""
    return steps(mappings.GREEN, *(THRESHOLDS[name].step for name in names))


def share_of_plan(name: str) -> Steps:
    """Green while in time, yellow from the planned moment on (100 %), the alert's colour at its threshold."""
    return steps(mappings.GREEN, (mappings.YELLOW, 1), THRESHOLDS[name].step)


def time_left(soon: str, now: str) -> Steps:
    """Red at the bottom, orange from the later threshold on, green from the earlier one on."""
    (soon_color, soon_value), (now_color, now_value) = THRESHOLDS[soon].step, THRESHOLDS[now].step
    return steps(now_color, (soon_color, now_value), (mappings.GREEN, soon_value))

"""The alerts that there have to be, and what the rules files hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

TEMPLATE_LABEL = re.compile(r"(?:\$labels|\.Labels)\.(\w+)|index\s+(?:\$labels|\.Labels)\s+\"(\w+)\"")
#: The label of a query's sample.
SAMPLE_LABEL = re.compile(r"\blabel\s+\"(\w+)\"")
TEMPLATE_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
TEMPLATE_TEXT = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`")
RECORDED_NAME = re.compile(r"[a-z_]+:[a-z0-9_]+:[a-z0-9_]+")

ANY = "any"
#: Name, severity, `for`, `keep_firing_for`; the specification's table, written out.
REQUIRED = (
    ("MailStoreWatchdog", "none", None, None),
    ("MailStoreExporterDown", "critical", "5m", "5m"),
    ("MailStoreExporterDown", "warning", "15m", "15m"),
    ("MailStoreExporterAbsent", "critical", "15m", None),
    ("MailStoreServerUnreachable", "critical", "10m", "5m"),
    ("MailStoreAuthenticationFailing", "critical", "5m", "10m"),
    ("MailStoreApiErrors", "warning", "15m", "15m"),
    ("MailStoreCertificateExpiring", "warning", "1h", "15m"),
    ("MailStoreCertificateExpiring", "critical", "10m", "15m"),
    ("MailStoreVerificationFailed", "critical", None, "15m"),
    ("MailStoreVerificationFailed", "warning", None, "15m"),
    ("MailStoreVerificationFailedBefore", "warning", None, "15m"),
    ("MailStoreVerificationOverdue", "warning", "1h", "15m"),
    ("MailStoreVerificationMissing", "warning", "30m", "15m"),
    ("MailStoreVerificationStuck", "warning", None, "15m"),
    ("MailStoreVerificationLogErrors", "warning", ANY, ANY),
    ("MailStoreProfileOverdue", "critical", "10m", "15m"),
    ("MailStoreProfileNeverSucceeded", "warning", "30m", "15m"),
    ("MailStoreProfileFailing", "warning", None, "15m"),
    ("MailStoreProfileErrors", "info", "30h", "15m"),
    ("MailStoreArchivedNothing", "warning", "2h", "15m"),
    ("MailStoreJobFailed", "warning", "5m", "15m"),
    ("MailStoreJobFailedBefore", "warning", None, "15m"),
    ("MailStoreJobOverdue", "warning", "10m", "15m"),
    ("MailStoreJobNeverSucceeded", "warning", "1d", "15m"),
    ("MailStoreStoreError", "critical", "5m", "10m"),
    ("MailStoreNoCurrentStore", "critical", "15m", "15m"),
    ("MailStoreStoreNeedsUpgrade", "warning", "1h", "15m"),
    ("MailStoreSearchIndexRebuildNeeded", "warning", "1h", "15m"),
    ("MailStoreStoreShrunk", "warning", None, "1h"),
    ("MailStoreClockSkew", "warning", "1h", "15m"),
    ("MailStoreLicenseNearlyUsedUp", "warning", "1h", "15m"),
    ("MailStoreInstancesMissing", "critical", "10m", "15m"),
    ("MailStoreInstancesMissing", "warning", "10m", "15m"),
    ("MailStoreInstanceNotRunning", "critical", "10m", "15m"),
    ("MailStoreInstanceFrozen", "warning", "6h", "15m"),
    ("MailStoreInstanceStartStopError", "critical", "5m", "15m"),
    ("MailStoreInstanceNotCollected", "warning", "15m", "15m"),
    ("MailStoreInstanceProviderAccessOff", "warning", "1h", "15m"),
    ("MailStoreInstanceCannotArchive", "warning", "30m", "15m"),
    ("MailStoreHostNotActive", "warning", "15m", "15m"),
    ("MailStoreServiceMessages", "warning", "15m", "15m"),
    ("MailStoreServiceMessages", "info", "1h", "15m"),
    ("MailStoreExporterDataStale", "warning", "5m", "15m"),
    ("MailStoreExporterUnknownValues", "info", None, "15m"),
    ("MailStoreExporterReloadFailed", "warning", "5m", "15m"),
    ("MailStoreExporterStateNotSaved", "warning", "15m", "15m"),
    ("MailStoreResultsUnreadable", "warning", None, "15m"),
)


@dataclass(frozen=True)
class Rule:
    """An alerting or a recording rule."""

    file: Path
    name: str
    expression: str
    is_alert: bool
    labels: dict[str, str]
    annotations: dict[str, str]
    pending: str | None
    keep: str | None

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        severity = f" ({self.labels['severity']})" if "severity" in self.labels else ""
        return f"{self.file.name}: {self.name}{severity}"

    @property
    def template_labels(self) -> set[str]:
        """The labels that its annotations take from the result."""
        texts = " ".join(self.annotations.values())
        return {label for groups in TEMPLATE_LABEL.findall(texts) for label in groups if label}

    @property
    def template_queries(self) -> list[tuple[str, set[str]]]:
        """The queries that its annotations run, with the labels that they take from the results."""
        found = []
        for action in TEMPLATE_ACTION.findall(" ".join(self.annotations.values())):
            if re.search(r"\bquery\b", TEMPLATE_TEXT.sub("", action)):
                texts = [quoted or raw for quoted, raw in TEMPLATE_TEXT.findall(action)]
                # What printf puts in is text.
                query = re.sub(r"%q", '"x"', max(texts, key=len)).replace('\\"', '"')
                found.append(query)
        labels = set(SAMPLE_LABEL.findall(" ".join(self.annotations.values())))
        return [(query, labels) for query in found]


def rules(file: Path) -> list[Rule]:
    """The rules of a file."""
    found = []
    for group in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("groups", []):
        for rule in group.get("rules", []):
            found.append(Rule(
                file, rule.get("alert") or rule["record"], str(rule["expr"]), "alert" in rule,
                rule.get("labels") or {}, rule.get("annotations") or {}, _duration(rule.get("for")),
                _duration(rule.get("keep_firing_for"))))
    return found


def _duration(text: object) -> str | None:
    """A duration as written; none and nought are the same."""
    return None if text is None or re.fullmatch(r"0[a-z]*", str(text)) else str(text)


def shape_faults(found: list[Rule], required: tuple = REQUIRED) -> list[str]:
    """Alerts that are missing or differ from the table, and rules whose names or labels are not as agreed."""
    faults = []
    alerts = {(rule.name, rule.labels.get("severity")): rule for rule in found if rule.is_alert}
    for name, severity, pending, keep in required:
        rule = alerts.get((name, severity))
        if rule is None:
            faults.append(f"there is no alert {name} with the severity {severity}")
            continue
        for key, wanted, actual in (("for", pending, rule.pending), ("keep_firing_for", keep, rule.keep)):
            if wanted not in (ANY, actual):
                faults.append(f"{rule.place}: {key} is {actual or 'not set'}, but has to be {wanted or 'not set'}")
    for rule in found:
        if not rule.is_alert:
            if not RECORDED_NAME.fullmatch(rule.name):
                faults.append(f"{rule.place}: recorded series are named level:metric:operations")
            continue
        if set(rule.labels) != {"severity"}:
            names = ", ".join(rule.labels) or "none"
            faults.append(f"{rule.place}: an alert has the label severity alone, not {names}")
        is_watchdog = rule.name == "MailStoreWatchdog" and rule.labels.get("severity") == "none"
        if rule.labels.get("severity") not in ("critical", "warning", "info") and not is_watchdog:
            faults.append(f"{rule.place}: the severity has to be critical, warning or info")
        if "{{" in " ".join(map(str, rule.labels.values())) + rule.annotations.get("summary", ""):
            faults.append(f"{rule.place}: labels and summary must not be templates")
        for key in ("summary", "description", "runbook_url"):
            if not rule.annotations.get(key):
                faults.append(f"{rule.place}: the annotation {key} is missing")
    return faults

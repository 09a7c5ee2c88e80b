"""Which alerts of a scene alerts/alertmanager-example.yml mutes, asked from a real Alertmanager."""

from __future__ import annotations

import time
import unittest
from pathlib import Path

from alertmanager_server import DEADLINE_SECONDS, Alertmanager

CONFIGURATION = Path(__file__).resolve().parents[2] / "alerts" / "alertmanager-example.yml"

# A scene: what fires together. Each line: `-` muted or `+` sent, the alert, its severity, labels. `job` and `instance`
# are those of the scene unless they are given; `instance=` leaves it away.
SCENES = {
    "the server is gone": """
        + ServerUnreachable critical target=a
        - VerificationFailed critical target=a store_id=1
        - ExporterDataStale warning target=a collector=stores
        - ApiErrors warning target=a
        - ProfileOverdue critical target=a instance_id=i1 profile_id=1
        - ExporterUnknownValues info target=a
        - CertificateExpiring warning target=a
        + VerificationFailed critical target=b store_id=1
        + ServerUnreachable critical target=c
        + ExporterReloadFailed warning
        + VolumeFillingUp warning job=windows instance=host volume=D:
    """,
    "the server of hundreds of instances is gone": """
        + ServerUnreachable critical target=a
        - InstanceNotRunning critical target=a instance_id=i1
        - InstanceNotRunning critical target=a instance_id=i2
        - InstanceStartStopError critical target=a instance_id=i1
        - InstanceNotCollected warning target=a instance_id=i3
        - InstanceFrozen warning target=a instance_id=i4
        - InstanceProviderAccessOff warning target=a instance_id=i5
        - InstanceCannotArchive warning target=a instance_id=i6
        - InstancesMissing critical target=a
        - HostNotActive warning target=a server_name=h1
        - ServiceMessages warning target=a
        - VerificationFailed critical target=a instance_id=i7 store_id=1
        + InstanceNotRunning critical target=b instance_id=i1
    """,
    "the list of instances is empty": """
        + InstancesMissing critical target=a
        - InstancesMissing warning target=a
        + InstancesMissing warning target=b
    """,
    "the same server by another exporter": """
        + ServerUnreachable critical target=a instance=one
        + VerificationFailed critical target=a instance=two store_id=1
    """,
    "the certificate has ended, so the server cannot be reached": """
        + ServerUnreachable critical target=a
        + CertificateExpiring critical target=a
        - CertificateExpiring warning target=a
        - JobOverdue warning target=a job_id=1
    """,
    "the login is refused": """
        + AuthenticationFailing critical target=a
        - ServerUnreachable critical target=a
        - ApiErrors warning target=a
        - StoreError critical target=a store_id=1
        - CertificateExpiring warning target=a
        + StoreError critical target=b store_id=1
    """,
    "the user is let in and may not do everything": """
        + AuthenticationFailing critical target=a
        - ApiErrors warning target=a
        - ExporterDataStale warning target=a collector=users
        + StoreError critical target=a store_id=1
        + VerificationOverdue warning target=a store_id=1
        + ApiErrors warning target=b
    """,
    "the login is refused, and the certificate ends in two days": """
        + AuthenticationFailing critical target=a
        + CertificateExpiring critical target=a
    """,
    "the exporter is down again and again": """
        + ExporterDown warning
        + ServerUnreachable critical target=a
        + Watchdog none job= instance=
    """,
    "the exporter is down": """
        + Watchdog none job= instance=
        + ExporterDown critical
        - ServerUnreachable critical target=a
        - VerificationFailed critical target=b store_id=1
        - ExporterReloadFailed warning
        + ServerUnreachable critical target=a instance=other
    """,
    "Prometheus has lost the job": """
        + ExporterAbsent critical instance=
        - ExporterDown critical
        - VerificationFailed critical target=a store_id=1
    """,
    "another job is lost": """
        + ExporterAbsent critical job=elsewhere instance=
        + ExporterDown critical
    """,
    "an alert of both severities": """
        + CertificateExpiring critical target=a
        - CertificateExpiring warning target=a
        + CertificateExpiring warning target=b
    """,
    "two volumes of one host": """
        + VolumeFillingUp critical volume=D:
        - VolumeFillingUp warning volume=D:
        + VolumeFillingUp warning volume=E:
    """,
    "a verification failed": """
        + VerificationFailed critical target=a store_id=1
        - VerificationOverdue warning target=a store_id=1
        - VerificationMissing warning target=a store_id=1
        - VerificationFailedBefore warning target=a store_id=1
        + VerificationFailedBefore warning target=a store_id=2
        + VerificationLogErrors warning target=a store_id=1
        - VerificationFailed warning target=a store_id=1
        - JobFailed warning target=a job_id=7 action=VerifyStores
        - JobFailed warning target=a job_id=8 action=VerifyStore
        + JobFailed warning target=a job_id=9 action=CompactMasterDatabase
        + JobFailed warning target=b job_id=7 action=VerifyStores
        + VerificationStuck warning target=a store_id=1
        + VerificationOverdue warning target=a store_id=2
        + VerificationOverdue warning target=a store_id=1 instance_id=i1
        + StoreError critical target=a store_id=1
    """,
    "a verification of one instance failed": """
        + VerificationFailed critical target=a store_id=1 instance_id=i1
        - VerificationOverdue warning target=a store_id=1 instance_id=i1
        + VerificationOverdue warning target=a store_id=1 instance_id=i2
        + JobFailed warning target=a job_id=7 action=VerifyStores instance_id=i2
    """,
    "a profile is overdue": """
        + ProfileOverdue critical target=a profile_id=1
        - ProfileFailing warning target=a profile_id=1
        - ProfileErrors info target=a profile_id=1
        + ProfileFailing warning target=a profile_id=2
    """,
    "an instance does not run": """
        + InstanceNotRunning critical target=a instance_id=i1
        - ProfileOverdue critical target=a instance_id=i1 profile_id=1
        - ProfileNeverSucceeded warning target=a instance_id=i1 profile_id=2
        - JobOverdue warning target=a instance_id=i1 job_id=1
        - JobNeverSucceeded warning target=a instance_id=i1 job_id=2
        - VerificationOverdue warning target=a instance_id=i1 store_id=1
        - VerificationMissing warning target=a instance_id=i1 store_id=2
        - ArchivedNothing warning target=a instance_id=i1
        - NoCurrentStore critical target=a instance_id=i1
        - InstanceNotCollected warning target=a instance_id=i1
        - InstanceCannotArchive warning target=a instance_id=i1
        + InstanceProviderAccessOff warning target=a instance_id=i1
        + InstanceNotCollected warning target=a instance_id=i2
        + HostNotActive warning target=a
        + VerificationFailed critical target=a instance_id=i1 store_id=3
        + InstanceStartStopError critical target=a instance_id=i1
        + ProfileOverdue critical target=a instance_id=i2 profile_id=1
        + LicenseNearlyUsedUp warning target=a
    """,
}


def labels_of(scene: str, line: str) -> dict[str, str]:
    """The labels of an alert from its line, with the scene in the job so that scenes do not meet."""
    _, name, severity, *given = line.split()
    labels = {"job": "mailstore", "instance": "exporter", **dict(pair.split("=", 1) for pair in given)}
    labels |= {"alertname": "MailStore" + name, "severity": severity, "job": f"{labels['job']} ({scene})"}
    return {label: value for label, value in labels.items() if value}


class InhibitionTests(unittest.TestCase):
    """All scenes in one Alertmanager, each in jobs of its own."""

    server: Alertmanager
    muted: dict[frozenset[tuple[str, str]], bool]

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = Alertmanager(CONFIGURATION)
        cls.addClassCleanup(cls.server.stop)
        cls.server.wait_until_ready()
        lines = [(scene, line) for scene, text in SCENES.items() for line in text.strip().splitlines()]
        cls.server.post([labels_of(scene, line) for scene, line in lines])
        # Alertmanager takes the alerts in one after the other: when it mutes by this last one, it knows the others.
        last = ["+ ServerUnreachable critical target=a", "- ApiErrors warning target=a"]
        cls.server.post([labels_of("the last", line) for line in last])
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            shown = cls.server.alerts()
            cls.muted = {frozenset(one["labels"].items()): bool(one["status"]["inhibitedBy"]) for one in shown}
            if cls.muted.get(frozenset(labels_of("the last", last[1]).items())):
                return
            if time.monotonic() > deadline:
                raise AssertionError("Alertmanager mutes nothing at all")
            time.sleep(0.1)

    def test_scenes(self) -> None:
        for scene, text in SCENES.items():
            for line in text.strip().splitlines():
                line = line.strip()
                with self.subTest(f"{scene}: {line}"):
                    is_muted = self.muted[frozenset(labels_of(scene, line).items())]
                    self.assertEqual("-" if is_muted else "+", line[0])


if __name__ == "__main__":
    unittest.main()

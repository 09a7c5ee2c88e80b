"""A small repository that keeps the contract, in which tests plant one fault after the other."""

from __future__ import annotations

import copy
import json
import tempfile
import unittest
from pathlib import Path

from contract import Contract
from contract_catalogue import Catalogue
from contract_runbook import PARTS

CATALOGUE = """[
  {"name": "a_up", "family": "a_up", "type": "gauge", "labels": ["target"], "group": "target"},
  {"name": "mailstore_store_error", "family": "mailstore_store_error", "type": "gauge",
   "labels": ["target", "store_id", "store_name"], "group": "stores"},
  {"name": "mailstore_job_runs_total", "family": "mailstore_job_runs", "type": "counter",
   "labels": ["target", "job_id", "result"], "group": "jobs"}
]"""
RULES = """groups:
  - name: stores
    rules:
      - record: target:mailstore_job_runs:increase1h
        expr: sum by (job, instance, target) (increase(mailstore_job_runs_total[1h]))
      - alert: MailStoreStoreError
        expr: mailstore_store_error == 1
        for: 5m
        keep_firing_for: 10m
        labels: { severity: critical }
        annotations:
          summary: A store has an error.
          description: 'Store {{ $labels.store_id }} of {{ $labels.target }}.'
          runbook_url: runbook.md#mailstorestoreerror
"""
WINDOWS = """groups:
  - name: volume
    rules:
      - alert: MailStoreVolume
        expr: windows_logical_disk_free_bytes < 1
        labels: { severity: warning }
        annotations: { summary: Full., description: Full., runbook_url: runbook.md#mailstorevolume }
"""
REQUIRED_HERE = (("MailStoreStoreError", "critical", "5m", "10m"),)


def section(title: str, look: str) -> str:
    """A section of the runbook with all its parts."""
    texts = {part: f"- **{part}.** Text." for part in PARTS} | {
        "First look": f"**First look.**\n```promql\n{look}\n```\n"}
    return f"\n## {title}\n" + "\n".join(texts[part] for part in PARTS) + "\n"


RUNBOOK = ("# Runbook\n\n## How to use it\n\nRead `mailstore_store_error`, run `mailstore_exporter check`.\n"
           + section("MailStoreStoreError", "sum by (target) (\n  mailstore_store_error\n) > 0\na_up")
           + section("MailStoreVolume", "windows_logical_disk_size_bytes"))
DASHBOARD = {
    "uid": "one",
    "templating": {"list": [{"type": "query", "name": "t", "query": {"query": "label_values(a_up, target)"}}]},
    "annotations": {"list": [
        {"name": "errors", "expr": "mailstore_store_error == 1", "titleFormat": "{{store_name}}"}]},
    "panels": [{
        "id": 1, "title": "Stores",
        "targets": [{"refId": "A", "expr": 'mailstore_store_error{job=~"$job"}', "legendFormat": ""}],
        "transformations": [{"id": "organize", "options": {
            "excludeByName": {"Time": True}, "renameByName": {"store_name": "Store", "Value #A": "Error"}}}],
        "fieldConfig": {"defaults": {"links": [{"url": "/d/one?var-t=${__data.fields.target}"}]}, "overrides": []},
    }],
}
README = "# Readme\n\n[runbook](alerts/runbook.md#mailstorestoreerror), [here](#readme), [web](https://example.com/x)\n"
ALERT_LIST = """# Alerts

| Alert | Severity | Fires when |
|---|---|---|
| MailStoreStoreError | critical | a store has an error |
| MailStoreVolume | warning | a volume is full |
"""


class Planted(unittest.TestCase):
    """Checks a repository of temporary files."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.files = {
            "alerts/mailstore.rules.yml": RULES, "alerts/windows-volume.rules.yml": WINDOWS,
            "alerts/runbook.md": RUNBOOK, "README.md": README, "CHANGELOG.md": "# Changes\n",
            "docs/alerts-and-dashboards.md": ALERT_LIST,
        }
        self.dashboard = copy.deepcopy(DASHBOARD)
        self.panel = self.dashboard["panels"][0]

    def faults(self, required: tuple = REQUIRED_HERE) -> list[str]:
        """What the contract finds in the files as they are now."""
        for name, text in (self.files | {"dashboards/one.json": json.dumps(self.dashboard)}).items():
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")
        return Contract(self.root, Catalogue.parse(CATALOGUE), required).run()

    def plant(self, name: str, old: str, new: str) -> None:
        """Change one place of a file."""
        self.assertEqual(self.files[name].count(old), 1, f"{old} has to be in {name} once")
        self.files[name] = self.files[name].replace(old, new)

    def assert_found(self, fault: str) -> None:
        """The fault is found, and it alone."""
        self.assertEqual(self.faults(), [fault])

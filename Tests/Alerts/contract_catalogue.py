"""Which sample names Prometheus can hold, and which labels each may have."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

#: What Prometheus and its scrape add to every series.
SCRAPE_LABELS = frozenset({"job", "instance"})
#: Families of these groups carry `instance_id` where the server is a Service Provider Edition. Those of the group `spe`
#: say themselves whether they are about an instance or about a host.
INSTANCE_GROUPS = frozenset({"stores", "users", "jobs", "profiles", "verification"})
#: Written by Prometheus itself, for every target that it scrapes.
SCRAPE_METRICS = (
    "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
)
ALERT_METRICS = ("ALERTS", "ALERTS_FOR_STATE")
#: windows_exporter's volumes, for the optional rules alone.
WINDOWS_METRICS = {
    "windows_logical_disk_free_bytes": frozenset({"volume"}),
    "windows_logical_disk_size_bytes": frozenset({"volume"}),
}
SUFFIXES = {
    "counter": ("_total",), "summary": ("_sum", "_count"), "info": ("_info",), "gauge": ("",), "stateset": ("",),
}


@dataclass
class Catalogue:
    """The labels of each sample name, and hints for names that are nearly right."""

    samples: dict[str, frozenset[str]]
    hints: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Catalogue:
        """Read what `mailstore_exporter metrics --format json` prints."""
        samples: dict[str, frozenset[str]] = {}
        hints: dict[str, str] = {}
        for entry in json.loads(text):
            suffixes = SUFFIXES.get(entry["type"])
            if suffixes is None:
                raise ValueError(f"{entry['name']}: the type {entry['type']} is not known here: add it to SUFFIXES")
            labels = set(entry["labels"]) | SCRAPE_LABELS
            if entry["group"] in INSTANCE_GROUPS:
                labels.add("instance_id")
            names = [entry["family"] + suffix for suffix in suffixes]
            for name in names:
                samples[name] = samples.get(name, frozenset()) | labels
            if entry["family"] not in names:
                hints[entry["family"]] = f"its type is {entry['type']}, its samples are {' and '.join(names)}"
        if not samples:
            raise ValueError("the catalogue is empty")
        every_label = frozenset().union(*samples.values())
        for name in SCRAPE_METRICS:
            samples[name] = SCRAPE_LABELS
        for name in ALERT_METRICS:
            samples[name] = every_label | {"alertname", "alertstate", "severity"}
        return cls(samples, hints)

    @classmethod
    def load(cls, file: Path | None, exporter: Path | None) -> Catalogue:
        """Read the catalogue from a file, or ask the program for it."""
        if file is not None:
            return cls.parse(file.read_text(encoding="utf-8"))
        command = [str(exporter), "metrics", "--format", "json"]
        return cls.parse(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def with_windows(self) -> Catalogue:
        """The same with windows_exporter's volumes."""
        windows = {name: labels | SCRAPE_LABELS for name, labels in WINDOWS_METRICS.items()}
        return Catalogue(self.samples | windows, self.hints)

    def with_recorded(self, recorded: dict[str, frozenset[str]]) -> Catalogue:
        """The same with the series that recording rules write."""
        return Catalogue(self.samples | recorded, self.hints)

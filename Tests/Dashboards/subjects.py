"""What each dashboard must show: its time range and its panels, by the words of their titles, kinds and metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from boards import Board


@dataclass(frozen=True)
class Subject:
    """A panel that must be there."""

    title: str
    """A regular expression that its title matches somewhere, upper or lower case."""
    kinds: str
    """The panel types that can show it."""
    reads: str
    """The metrics that its queries read, among others."""

    def is_shown_by(self, panel: dict[str, Any]) -> bool:
        """Whether a panel is this one."""
        expressions = " ".join(target.get("expr", "") for target in panel.get("targets", []))
        return (re.search(self.title, panel.get("title", ""), re.IGNORECASE) is not None
                and panel.get("type") in self.kinds.split()
                and all(re.search(rf"\b{metric}\b", expressions) for metric in self.reads.split()))


FIGURES = [
    Subject("verifications failed", "stat", "mailstore_verification_last_result"),
    Subject("verifications overdue", "stat",
            "mailstore_verification_last_success_timestamp_seconds mailstore_verification_expected_interval_seconds"),
    Subject("profiles overdue", "stat",
            "mailstore_profile_last_success_timestamp_seconds mailstore_profile_expected_interval_seconds"),
    Subject("stores with errors", "stat", "mailstore_store_error"),
    Subject("archived.* 24 h", "stat", "mailstore_profile_items_archived_total"),
    Subject("total size", "stat", "mailstore_store_size_bytes"),
]

TIME_RANGES = {
    "mailstore-fleet": "now-24h", "mailstore-server": "now-24h", "mailstore-spe": "now-24h", "mailstore-jobs": "now-7d",
    "mailstore-storage": "now-30d", "mailstore-exporter": "now-6h",
}

SUBJECTS: dict[str, list[Subject]] = {
    "mailstore-fleet": [
        *FIGURES,
        Subject("servers down", "stat", "mailstore_up"),
        Subject("firing alerts", "table", "ALERTS"),
        Subject("^servers$", "table", "mailstore_up mailstore_server_info"),
        Subject("availability", "state-timeline", "mailstore_up"),
        Subject("archived per hour", "timeseries barchart", "mailstore_profile_items_archived_total"),
    ],
    "mailstore-server": [
        *FIGURES,
        Subject("server", "stat table", "mailstore_server_info"),
        Subject("^stores", "table", "mailstore_store_state mailstore_store_messages mailstore_store_size_bytes"),
        Subject("^profiles", "table", "mailstore_profile_last_result"),
        Subject("profiles|outcomes", "state-timeline", "mailstore_profile_last_result"),
        Subject("jobs|outcomes", "state-timeline", "mailstore_job_last_result"),
        Subject("calls", "timeseries", "mailstore_api_requests_total"),
        Subject("failed calls|errors", "timeseries", "mailstore_api_errors_total"),
        Subject("licen[cs]e", "gauge",
                "mailstore_license_named_users mailstore_license_max_named_users"),
    ],
    "mailstore-spe": [
        Subject("^instances$", "table", "mailstore_instance_info mailstore_instance_status topk"),
        Subject("all instances", "stat", "mailstore_instance_info"),
        Subject("not running", "stat", "mailstore_instance_status mailstore_instance_info"),
        Subject("start errors", "stat", "mailstore_instance_start_stop_error"),
        Subject("cannot archive", "stat", "mailstore_instance_can_archive"),
        Subject("collection failed", "stat",
                "mailstore_instance_up mailstore_instance_last_collection_timestamp_seconds"),
        Subject("provider access", "stat", "mailstore_instance_provider_access"),
        Subject("machines not active", "stat", "mailstore_host_active"),
        Subject("service messages", "stat", "mailstore_service_messages"),
        Subject("size of all", "timeseries", "mailstore_instance_size_bytes"),
        Subject("messages of all", "timeseries", "mailstore_instance_messages"),
        Subject("growing", "bargauge", "mailstore_instance_size_bytes topk"),
        Subject("cpu", "timeseries", "mailstore_instance_cpu_seconds_total topk"),
        Subject("reads", "timeseries", "mailstore_instance_io_read_bytes_total topk"),
        Subject("writes", "timeseries", "mailstore_instance_io_written_bytes_total topk"),
        Subject("calls", "timeseries", "mailstore_instance_remote_procedure_calls_total topk"),
        Subject("archived", "timeseries", "mailstore_instance_messages_archived_total topk"),
        Subject("private memory", "timeseries", "mailstore_instance_private_memory_bytes topk"),
        Subject("machines", "table", "mailstore_host_active mailstore_host_instances"),
        Subject("running instances", "timeseries", "mailstore_host_running_instances"),
    ],
    "mailstore-jobs": [
        Subject("verification.* store", "state-timeline", "mailstore_verification_last_result"),
        Subject("age of the last successful", "bargauge",
                "mailstore_verification_last_success_timestamp_seconds "
                "mailstore_verification_expected_interval_seconds"),
        Subject("runs", "status-history", "mailstore_job_last_result"),
        Subject("runs", "status-history", "mailstore_profile_last_result"),
        Subject("by result", "bargauge barchart timeseries piechart", "mailstore_verification_runs_total"),
        Subject("by result", "bargauge barchart timeseries piechart", "mailstore_job_runs_total"),
        Subject("by result", "bargauge barchart timeseries piechart", "mailstore_profile_runs_total"),
        Subject("verifications", "table", "mailstore_verification_last_result"),
        Subject("jobs", "table", "mailstore_job_last_result"),
        Subject("took|duration", "timeseries", "mailstore_verification_last_duration_seconds"),
        Subject("took|duration", "timeseries", "mailstore_job_last_duration_seconds"),
    ],
    "mailstore-storage": [
        Subject("size by store", "timeseries", "mailstore_store_size_bytes"),
        Subject("growth per day", "timeseries barchart", "mailstore_store_size_bytes"),
        Subject("top profiles", "bargauge barchart table", "mailstore_profile_items_archived_total"),
        Subject("30.*90.*365", "stat bargauge table", "mailstore_store_size_bytes predict_linear"),
        Subject("messages.* hour.* week ago", "timeseries", "mailstore_profile_items_archived_total offset"),
    ],
    "mailstore-exporter": [
        Subject("collectors", "table", "mailstore_collector_supported mailstore_collector_success"),
        Subject("latency by function", "timeseries", "mailstore_api_request_duration_seconds_sum"),
        Subject("calls by outcome", "timeseries barchart", "mailstore_api_requests_total mailstore_api_errors_total"),
        Subject("data age|age of the data", "timeseries", "mailstore_collector_last_success_timestamp_seconds"),
        Subject("scrape duration", "timeseries", "scrape_duration_seconds"),
        Subject("processor|cpu", "timeseries", "process_cpu_seconds_total"),
        Subject("memory", "timeseries", "process_resident_memory_bytes"),
        Subject("version|build", "stat table", "mailstore_exporter_build_info"),
        Subject("configur|reload", "stat", "mailstore_exporter_config_last_reload_successful"),
    ],
}


def missing(board: Board) -> Iterator[str]:
    """The panels of its subject that a dashboard does not have, and a time range that is not its own."""
    name = board.file.stem
    if name not in SUBJECTS:
        yield f"no dashboard of this name is planned; there are {', '.join(SUBJECTS)}"
        return
    since = board.data.get("time", {})
    if since != {"from": TIME_RANGES[name], "to": "now"}:
        yield f"time: expected from {TIME_RANGES[name]} to now, found {since}"
    for subject in SUBJECTS[name]:
        if not any(subject.is_shown_by(panel) for _, panel in board.panels()):
            yield f'no {" or ".join(subject.kinds.split())} panel /{subject.title}/ that reads {subject.reads}'

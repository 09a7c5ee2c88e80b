"""The exporter itself: whether its data is fresh, how the API answers, and what it uses."""

from __future__ import annotations

from typing import Any

import mappings
from board import board
from fleet import exporters_down
from layout import heading, line
from panels import Panel, Query, lines, now, stat
from promql import ON_SERVER, age, of_exporters, select
from tables import Column, table
from thresholds import any_is, plain, rising

COLLECTOR = f"{ON_SERVER}, collector"
RATE = "$__rate_interval"


def _age_in_intervals() -> str:
    """How many of its intervals ago each supported collector last succeeded; infinite where it never did."""
    last = select("mailstore_collector_last_success_timestamp_seconds")
    interval = select("mailstore_collector_interval_seconds")
    supported = select("mailstore_collector_supported")
    return (f"(\n  {age(last)}\n    / on ({COLLECTOR}) group_left () {interval}\n"
            f"  or on ({COLLECTOR}) {interval} / 0\n) and on ({COLLECTOR}) {supported} == 1")


def _data_age() -> Panel:
    return stat(
        "Oldest data", "The age of the oldest data, in intervals of its collector. Orange, from 3: the collector keeps "
        "failing; see which one in the table, and why in the exporter's log.",
        now(f"max({_age_in_intervals()})"), unit="suffix:intervals", decimals=1, steps=rising("data_stale"))


def _failed_share() -> Panel:
    failed = f"sum(increase({select('mailstore_api_errors_total', '', '30m')}))"
    made = f"sum(increase({select('mailstore_api_requests_total', '', '30m')}))"
    return stat(
        "Failed calls in 30 min", "The share of API calls that failed in the last 30 minutes. Orange, from 20 %: see "
        "the reasons below; `mailstore_exporter check` says what to do.",
        now(f"{failed} / ({made} > 0)"), unit="percentunit", steps=rising("api_errors"), no_value="no calls")


def _reload() -> Panel:
    return stat(
        "Configuration", "Whether the configuration was valid when it was last read. Rejected: the exporter keeps the "
        "previous one; `mailstore_exporter --config.check` shows the mistake.",
        now(f"min({select('mailstore_exporter_config_last_reload_successful')})"), words=mappings.RELOADED,
        no_value="no exporter")


def _reloaded() -> Panel:
    return stat("Configuration loaded", "How long ago the present configuration was read. For information; compare it "
                "with the time of your last change.",
                now(f"min({age(select('mailstore_exporter_config_last_reload_success_timestamp_seconds'))})"),
                unit="s", steps=plain("blue"), no_value="no exporter")


def _build() -> Panel:
    return stat("Version", "The versions of the exporters. More than one: update all to the same version, since "
                "dashboards and rules belong to a version.",
                now(f"count by (version) ({select('mailstore_exporter_build_info')})", "{{version}}"), text="name",
                steps=plain("blue"), no_value="no exporter")


def _unknown_values() -> Panel:
    return stat(
        "Unknown values", "Values in the server's replies that this version does not know, since the start of the "
        "exporter. Blue, from 1: the server is newer than the exporter; look for an update.",
        now(f"sum({select('mailstore_api_unknown_values_total')}) or sum({select('mailstore_up')}) * 0"),
        steps=any_is("info"))


def _state_not_saved() -> Panel:
    return stat(
        "Failed state saves", "How often the exporter failed to save its counters in the time range. Orange: the state "
        "directory is full or not writable, and a restart would lose counted runs.",
        now(f"sum(increase({select('mailstore_exporter_state_save_failures_total', '', '$__range')}))"), decimals=0,
        steps=any_is("warning"), no_value="no exporter")


def _collectors() -> Panel:
    supported = f"{select('mailstore_collector_supported')} == 1"
    return table(
        "Collectors",
        "One row per collector and server. If “Last run” failed, the exporter's log says why. Orange “Age”: no success "
        "for three intervals; the values will soon expire.",
        "no exporter", keys={"target": "Server", "collector": "Collector"},
        columns=[
            Column("Supported", select("mailstore_collector_supported"), words=mappings.SUPPORTED),
            Column("Last run", f"{select('mailstore_collector_success')} and on ({COLLECTOR}) {supported}",
                   words=mappings.WORKED),
            Column("Interval", select("mailstore_collector_interval_seconds"), unit="s"),
            Column("Last success", age(select("mailstore_collector_last_success_timestamp_seconds")), unit="s",
                   no_value="never"),
            Column("Age", _age_in_intervals(), unit="suffix:intervals", decimals=1, steps=rising("data_stale")),
            Column("Duration", select("mailstore_collector_duration_seconds"), unit="s"),
        ], sort_by="Age", descending=True)


def _calls() -> tuple[Panel, Panel]:
    seconds = f"rate({select('mailstore_api_request_duration_seconds_sum', '', RATE)})"
    count = f"rate({select('mailstore_api_request_duration_seconds_count', '', RATE)})"
    made = f"sum(rate({select('mailstore_api_requests_total', '', RATE)}))"
    failed = f"rate({select('mailstore_api_errors_total', '', RATE)})"
    latency = lines(
        "Call latency by function", "The average response time of the API. Rising lines: the server is busy or its "
        "database is slow; increase the collection interval if it persists.",
        Query(f"sum by (function) ({seconds})\n  / (sum by (function) ({count}) > 0)", "{{function}}"), unit="s",
        calcs=("mean", "max"))
    outcomes = lines(
        "Calls by outcome", "Successful calls per second, and failed ones by reason. The reason says where to look: "
        "unauthorized is the password, tls the certificate, timeout a busy server.",
        Query(f"clamp_min({made} - sum({failed}), 0)", "succeeded"),
        Query(f"sum by (reason) ({failed}) > 0", "{{reason}}"), unit="reqps", calcs=("mean", "max"))
    return latency, outcomes


def _ages_and_scrapes() -> tuple[Panel, Panel]:
    ages = lines(
        "Data age", "The time since each collector last succeeded, in intervals. Above the dashed orange line, its "
        "data is stale: see the table above, and the reason in the exporter's log.",
        Query(f"({_age_in_intervals()}) < Inf", "{{collector}} · {{target}}"), unit="suffix:intervals",
        steps=rising("data_stale"))
    scrapes = lines(
        "Scrape duration", "How long a scrape of the exporter takes. Usually milliseconds, since the page is rendered "
        "in advance. Longer: the exporter's machine is overloaded.",
        Query(of_exporters(select("scrape_duration_seconds")), "{{instance}}"), unit="s")
    return ages, scrapes


def _process() -> tuple[Panel, Panel, Panel]:
    cpu = lines(
        "CPU usage", "The CPU usage of the exporter, as a share of one core. High for a long time: increase the "
        "collection interval, or look in the log for repeated errors.",
        Query(of_exporters(f"rate({select('process_cpu_seconds_total', '', RATE)})"), "{{instance}}"),
        unit="percentunit")
    memory = lines(
        "Memory", "The resident memory of the exporter. Usually constant. Rising for days: restart the exporter and "
        "report it.",
        Query(of_exporters(select("process_resident_memory_bytes")), "{{instance}}"), unit="bytes")
    files = lines(
        "Open files", "Open files and connections, as a share of the limit. Near 100 %: raise the limit of the "
        "service, and report it.",
        Query(of_exporters(f"{select('process_open_fds')} / {select('process_max_fds')}"), "{{instance}}"),
        unit="percentunit")
    return cpu, memory, files


def _page() -> tuple[Panel, Panel, Panel]:
    served = lines(
        "Requests served", "HTTP requests to the exporter per second, by path and status code. Codes other than 200: "
        "find out which client sends them.",
        Query(f"sum by (path, code) (rate({select('mailstore_exporter_http_requests_total', '', RATE)}))",
              "{{path}} {{code}}"), unit="reqps")
    series = lines(
        "Series", "The number of series that the exporter serves. A sudden drop: the values of a collector have "
        "expired; see the table of collectors.",
        Query(select("mailstore_exporter_series"), "{{instance}}"), unit="short")
    page = lines(
        "Page size", "The size of the metrics page in each format. It grows only with the number of stores, jobs and "
        "profiles; if it grows without them, report it.",
        Query(select("mailstore_exporter_snapshot_bytes"), "{{instance}} {{format}}"), unit="bytes")
    return served, series, page


def dashboard() -> dict[str, Any]:
    """Exporter."""
    latency, outcomes = _calls()
    ages, scrapes = _ages_and_scrapes()
    cpu, memory, files = _process()
    served, series, page = _page()
    return board(
        "mailstore-exporter", "MailStore / Exporter", "The exporter itself: data age, API calls, resource usage.", "6h",
        "1m",
        line(4, (3, exporters_down()), (3, _data_age()), (3, _failed_share()), (3, _reload()), (3, _reloaded()),
             (3, _state_not_saved()), (3, _unknown_values()), (3, _build())),
        heading("Collectors"),
        line(9, (24, _collectors())),
        line(8, (12, ages), (12, scrapes)),
        heading("API"),
        line(9, (12, latency), (12, outcomes)),
        heading("Process"),
        line(7, (8, cpu), (8, memory), (8, files)),
        heading("Metrics page"),
        line(7, (8, served), (8, series), (8, page)))

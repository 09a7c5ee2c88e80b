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
        "Oldest data", "The age of the oldest data in intervals of its collector. Orange, from 3: the collector fails "
        "again and again; see which one in the table, and why in the exporter's log.",
        now(f"max({_age_in_intervals()})"), unit="suffix:intervals", decimals=1, steps=rising("data_stale"))


def _failed_share() -> Panel:
    failed = f"sum(increase({select('mailstore_api_errors_total', '', '30m')}))"
    made = f"sum(increase({select('mailstore_api_requests_total', '', '30m')}))"
    return stat(
        "Failed calls in 30 min", "The share of the API's calls that failed in the last 30 minutes. Orange, from 20 %: "
        "see by reason below; `mailstore_exporter check` says what to do.",
        now(f"{failed} / ({made} > 0)"), unit="percentunit", steps=rising("api_errors"), no_value="no calls")


def _reload() -> Panel:
    return stat(
        "Configuration", "Whether the configuration was accepted when it was last read. Refused: the exporter goes on "
        "with the one before; `mailstore_exporter --config.check` names the mistake.",
        now(f"min({select('mailstore_exporter_config_last_reload_successful')})"), words=mappings.RELOADED,
        no_value="no exporter")


def _reloaded() -> Panel:
    return stat("Configured", "How long ago the running configuration was read. Nothing to do; compare with your last "
                "change.",
                now(f"min({age(select('mailstore_exporter_config_last_reload_success_timestamp_seconds'))})"),
                unit="s", steps=plain("blue"), no_value="no exporter")


def _build() -> Panel:
    return stat("Version", "The exporters' versions. More than one: bring them to the same one, since dashboards and "
                "rules belong to a version.",
                now(f"count by (version) ({select('mailstore_exporter_build_info')})", "{{version}}"), text="name",
                steps=plain("blue"), no_value="no exporter")


def _unknown_values() -> Panel:
    return stat(
        "Unknown values", "Words in the server's replies that this version does not know, counted since the exporter's "
        "start. Blue, from 1: the server is newer than the exporter; look for a new version.",
        now(f"sum({select('mailstore_api_unknown_values_total')}) or sum({select('mailstore_up')}) * 0"),
        steps=any_is("info"))


def _state_not_saved() -> Panel:
    return stat(
        "State not saved", "How often the exporter could not save what it has counted, in the time range. Orange: its "
        "state directory is full or not writable, and a restart would lose runs.",
        now(f"sum(increase({select('mailstore_exporter_state_save_failures_total', '', '$__range')}))"), decimals=0,
        steps=any_is("warning"), no_value="no exporter")


def _collectors() -> Panel:
    supported = f"{select('mailstore_collector_supported')} == 1"
    return table(
        "Collectors",
        "A row for each part of the API that is asked. “Last try” failed: the log of the exporter says why. “Age” "
        "in orange: three intervals have passed without a success, and the values will soon vanish.",
        "no exporter", keys={"target": "Server", "collector": "Collector"},
        columns=[
            Column("Offered", select("mailstore_collector_supported"), words=mappings.SUPPORTED),
            Column("Last try", f"{select('mailstore_collector_success')} and on ({COLLECTOR}) {supported}",
                   words=mappings.WORKED),
            Column("Every", select("mailstore_collector_interval_seconds"), unit="s"),
            Column("Last success", age(select("mailstore_collector_last_success_timestamp_seconds")), unit="s",
                   no_value="never"),
            Column("Age", _age_in_intervals(), unit="suffix:intervals", decimals=1, steps=rising("data_stale")),
            Column("Took", select("mailstore_collector_duration_seconds"), unit="s"),
        ], sort_by="Age", descending=True)


def _calls() -> tuple[Panel, Panel]:
    seconds = f"rate({select('mailstore_api_request_duration_seconds_sum', '', RATE)})"
    count = f"rate({select('mailstore_api_request_duration_seconds_count', '', RATE)})"
    made = f"sum(rate({select('mailstore_api_requests_total', '', RATE)}))"
    failed = f"rate({select('mailstore_api_errors_total', '', RATE)})"
    latency = lines(
        "Call latency by function", "How long the API takes to answer, on average. Lines that climb: the server is "
        "busy or its database slow; collect less often if it lasts.",
        Query(f"sum by (function) ({seconds})\n  / (sum by (function) ({count}) > 0)", "{{function}}"), unit="s",
        calcs=("mean", "max"))
    outcomes = lines(
        "Calls by outcome", "Calls a second that succeeded, and those that failed by their reason. The reason says "
        "where to look: unauthorized is the password, tls the certificate, timeout a busy server.",
        Query(f"clamp_min({made} - sum({failed}), 0)", "succeeded"),
        Query(f"sum by (reason) ({failed}) > 0", "{{reason}}"), unit="reqps", calcs=("mean", "max"))
    return latency, outcomes


def _ages_and_scrapes() -> tuple[Panel, Panel]:
    ages = lines(
        "Data age", "How many of its intervals ago each collector last succeeded. Above the dashed orange line, its "
        "data is stale: find it in the table above, and the reason in the exporter's log.",
        Query(f"({_age_in_intervals()}) < Inf", "{{collector}} · {{target}}"), unit="suffix:intervals",
        steps=rising("data_stale"))
    scrapes = lines(
        "Scrape duration", "How long Prometheus waits for the exporter's page. It should be milliseconds, since the "
        "page is always ready; if it is not, the exporter's machine is overloaded.",
        Query(of_exporters(select("scrape_duration_seconds")), "{{instance}}"), unit="s")
    return ages, scrapes


def _process() -> tuple[Panel, Panel, Panel]:
    cpu = lines(
        "Processor", "The share of one processor that the exporter uses. High for long: collect less often, or see in "
        "its log what it keeps trying.",
        Query(of_exporters(f"rate({select('process_cpu_seconds_total', '', RATE)})"), "{{instance}}"),
        unit="percentunit")
    memory = lines(
        "Memory", "The exporter's resident memory. It should be level; where it climbs for days, restart the exporter "
        "and report it.",
        Query(of_exporters(select("process_resident_memory_bytes")), "{{instance}}"), unit="bytes")
    files = lines(
        "Open files", "Open files and connections as a share of what the process may have. Near 100 %: raise the limit "
        "of the service, and report it.",
        Query(of_exporters(f"{select('process_open_fds')} / {select('process_max_fds')}"), "{{instance}}"),
        unit="percentunit")
    return cpu, memory, files


def _page() -> tuple[Panel, Panel, Panel]:
    served = lines(
        "Requests served", "Requests to the exporter a second, by path and status. Other codes than 200: see who asks, "
        "and how.",
        Query(f"sum by (path, code) (rate({select('mailstore_exporter_http_requests_total', '', RATE)}))",
              "{{path}} {{code}}"), unit="reqps")
    series = lines(
        "Series", "How many series the exporter serves. A sudden fall: a collector's values have vanished; see the "
        "table of collectors.",
        Query(select("mailstore_exporter_series"), "{{instance}}"), unit="short")
    page = lines(
        "Page size", "The size of the exporter's page in each format. It grows with stores, jobs and profiles only; "
        "where it grows without them, report it.",
        Query(select("mailstore_exporter_snapshot_bytes"), "{{instance}} {{format}}"), unit="bytes")
    return served, series, page


def dashboard() -> dict[str, Any]:
    """Exporter."""
    latency, outcomes = _calls()
    ages, scrapes = _ages_and_scrapes()
    cpu, memory, files = _process()
    served, series, page = _page()
    return board(
        "mailstore-exporter", "MailStore / Exporter", "The exporter itself: fresh data, calls, resources.", "6h", "1m",
        line(4, (3, exporters_down()), (3, _data_age()), (3, _failed_share()), (3, _reload()), (3, _reloaded()),
             (3, _state_not_saved()), (3, _unknown_values()), (3, _build())),
        heading("Collectors"),
        line(9, (24, _collectors())),
        line(8, (12, ages), (12, scrapes)),
        heading("API"),
        line(9, (12, latency), (12, outcomes)),
        heading("Process"),
        line(7, (8, cpu), (8, memory), (8, files)),
        heading("Page"),
        line(7, (8, served), (8, series), (8, page)))

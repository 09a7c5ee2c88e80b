"""One server, or one instance of it: who it is, what is wrong with it, its stores, profiles and calls."""

from __future__ import annotations

from typing import Any

import mappings
import summary
from board import board
from layout import heading, line
from outcomes import job_timeline, profile_table, profile_timeline, verification_timeline
from panels import Panel, Query, gauge, lines, now, stat
from promql import age, select
from tables import Column, table
from thresholds import plain, rising, time_left


def _identity() -> Panel:
    return stat(
        "Server", "The machine name, version and edition of the server. More than one: select a server at the top.",
        now(select("mailstore_server_info"), "{{server_name}} {{version}} ({{edition}})"), text="name",
        steps=plain("blue"), no_value="never reached")


def _state() -> Panel:
    return stat(
        "State", "Whether the API answers and accepts the exporter's login. Red: run `mailstore_exporter check` on the "
        "exporter's machine, which shows the step that fails.",
        now(select("mailstore_up"), "{{target}}"), words=mappings.UP, no_value="unknown", filled=True)


def _certificate() -> Panel:
    left = f"min({select('mailstore_api_certificate_not_after_timestamp_seconds')}) - time()"
    return stat(
        "Certificate expires in", "The time until the API's certificate expires. Orange or red: get a new certificate "
        "and select it in MailStore Server Service Configuration.",
        now(left), unit="s", steps=time_left("certificate_soon", "certificate_now"), no_value="not seen yet")


def _licence() -> Panel:
    used = f"{select('mailstore_license_named_users')} / {select('mailstore_license_max_named_users')}"
    return gauge(
        "Licence usage", "Named users as a share of the licensed ones. Orange: soon, mail of new users will not be "
        "archived; buy licences or remove former users.",
        now(f"max({used})"), unit="percentunit", no_value="no licence data", steps=rising("license_used"), maximum=1)


def _sessions() -> Panel:
    return stat("Sessions", "Users and programs that are logged in. For information, for example before maintenance.",
                now(f"sum({select('mailstore_active_sessions')})"), steps=plain("blue"))


def _clock_skew() -> Panel:
    return stat(
        "Clock skew", "How far the server's clock is ahead of the exporter's. More than a few seconds: set up time "
        "synchronisation, because all ages here are wrong by that time.",
        now(f"max({select('mailstore_api_clock_skew_seconds')})"), unit="s", no_value="not seen yet")


def _stores() -> Panel:
    growth = f"delta({select('mailstore_store_size_bytes', '', '24h')})"
    flag = {"words": mappings.NEEDED}
    return table(
        "Stores",
        "Every archive store. Red “Error”: the server cannot use the store; look at its volume. Orange: start the "
        "upgrade or the rebuild under Storage Locations in MailStore Client.",
        "no stores", keys={"target": "Server", "instance_id": "Instance", "store_id": "Id", "store_name": "Store"},
        columns=[
            Column("", f"{select('mailstore_store_state')} == 1", words=mappings.STORE_STATE,
                   labels={"state": "State"}, no_value="unknown"),
            Column("Error", select("mailstore_store_error"), words=mappings.ERROR),
            Column("Upgrade", select("mailstore_store_needs_upgrade"), **flag),
            Column("Index rebuild", select("mailstore_store_search_indexes_need_rebuild"), **flag),
            Column("", f"{select('mailstore_verification_last_result')} == 1", words=mappings.RESULT_NAMES,
                   labels={"result": "Verification"}, no_value="never verified"),
            Column("Last successful verification", age(select("mailstore_verification_last_success_timestamp_seconds")),
                   unit="s", no_value="never"),
            Column("Messages", select("mailstore_store_messages"), unit="locale"),
            Column("Size", select("mailstore_store_size_bytes"), unit="bytes"),
            Column("Growth in 24 h", growth, unit="bytes"),
        ], sort_by="Store")


def dashboard() -> dict[str, Any]:
    """Server."""
    requests = f"rate({select('mailstore_api_requests_total', '', '$__rate_interval')})"
    errors = f"rate({select('mailstore_api_errors_total', '', '$__rate_interval')})"
    return board(
        "mailstore-server", "MailStore / Server", "One MailStore server: stores, profiles, jobs, API.", "24h", "1m",
        line(4, (7, _identity()), (3, _state()), (4, _certificate()), (4, _licence()), (3, _sessions()),
             (3, _clock_skew())),
        line(4, (4, summary.verifications_failed()), (4, summary.verifications_overdue()),
             (4, summary.profiles_overdue()), (4, summary.stores_in_error()), (4, summary.archived_in_a_day()),
             (4, summary.total_size())),
        heading("Stores and profiles"),
        line(7, (24, _stores())),
        line(9, (24, profile_table())),
        heading("Results"),
        line(9, (12, profile_timeline()), (12, job_timeline())),
        line(7, (24, verification_timeline())),
        heading("API"),
        line(8,
             (12, lines("Calls", "API calls per second, by function. They depend on the collection intervals; if they "
                        "stop, the server is unreachable.",
                        Query(f"sum by (function) ({requests})", "{{function}}"), unit="reqps")),
             (12, lines("Failed calls", "Failed API calls per second, by function and reason. Lines that stay above "
                        "zero: the reason says where to look; `mailstore_exporter check` says what to do.",
                        Query(f"sum by (function, reason) ({errors}) > 0", "{{function}}: {{reason}}"), unit="reqps",
                        no_value="no failed calls"))))

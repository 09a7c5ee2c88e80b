"""All servers at a glance: what is wrong, where, and a row a server to go on from."""

from __future__ import annotations

from typing import Any

import mappings
import summary
from annotations import FIRING
from board import board
from layout import heading, line
from panels import Panel, Query, bars, now, stat, state_timeline
from promql import ON_EXPORTER, ON_PROFILE, ON_SERVER, ON_STORE, age, count_of, overdue, select
from tables import Column, link_to_server, override, table
from thresholds import THRESHOLDS, any_is, time_left

UP = select("mailstore_up")


def _servers_down() -> Panel:
    return stat(
        "Servers down",
        "Servers whose API is unreachable or refuses the exporter's login. Red: find the server in the table below, "
        "and run `mailstore_exporter check` on the exporter's machine, which shows the step that fails.",
        now(count_of(f"{UP} == 0", UP)), steps=any_is("critical"), no_value="no servers", link="mailstore-server")


def exporters_down() -> Panel:
    """Exporters that were there in the time range and are not reached now."""
    known = f"on ({ON_EXPORTER}) last_over_time({select('mailstore_up', '', '$__range')})"
    return stat(
        "Exporters down",
        "Exporters that were up in the time range, but that Prometheus cannot scrape now. Red: their servers are not "
        "monitored, and the other panels here do not show them; restart the exporter.",
        now(count_of(f"{select('up')} == 0 and {known}", f"{select('up')} and {known}")), steps=any_is("critical"),
        no_value="no exporters", link="mailstore-exporter")


def _firing_alerts() -> Panel:
    about = ", ".join(f'"{label}"' for label in ("store_name", "job_name", "profile_name", "collector", "instance_id"))
    since = f"{select('ALERTS_FOR_STATE')} and ignoring (alertstate) {select('ALERTS', FIRING)}"
    return table(
        "Firing alerts",
        "The firing alerts of mailstore.rules.yml, newest first. Start with the red ones: follow the steps in the "
        "alert's section of the runbook. Also empty if the rules are not loaded.",
        "no alert fires (if the rules are loaded)",
        keys={"severity": "Severity", "alertname": "Alert", "target": "Server", "about": "About"},
        columns=[Column("Since", f'label_join({since}, "about", " ", {about}) * 1000', unit="dateTimeFromNow",
                        width=140)],
        hidden="", sort_by="Since", descending=True,
        overrides=[override("Severity", mappings=mappings.SEVERITY, custom__width=90,
                            custom__cellOptions={"type": "color-text"})])


def _availability() -> Panel:
    return state_timeline(
        "Availability",
        "Whether the API of each server answered. Red: it did not, or it refused the login; run `mailstore_exporter "
        "check`. A gap: the exporter was down.",
        Query(f"max by ({ON_SERVER}) ({UP})", "{{target}}"), words=mappings.UP, no_value="no servers")


def _servers() -> Panel:
    last_good = select("mailstore_verification_last_success_timestamp_seconds")
    expires = select("mailstore_api_certificate_not_after_timestamp_seconds")
    failed = (f"count by ({ON_SERVER}) ({summary.VERIFICATION_BAD})\n"
              f"or\ncount by ({ON_SERVER}) ({summary.VERIFICATION_ALL}) * 0")
    return table(
        "Servers",
        "One row per server that was known in the time range; click its name for details. State unknown: its exporter "
        "is down. Look at red and orange cells first.",
        "no servers", keys={"target": "Server"},
        columns=[
            Column("State", UP, words=mappings.UP, no_value="unknown"),
            Column("Known", f"last_over_time({select('mailstore_up', '', '$__range')})"),
            Column("", select("mailstore_server_info"), labels={"server_name": "Name", "version": "Version"}),
            Column("Failed verifications", failed, steps=any_is("critical"), no_value="never verified"),
            Column("Overdue verifications",
                   overdue("verification", ON_STORE, THRESHOLDS["verification_overdue"].value, ON_SERVER),
                   steps=any_is("warning"), no_value="none planned"),
            Column("Oldest successful verification", f"max by ({ON_SERVER}) ({age(last_good)})", unit="s"),
            Column("Profiles overdue",
                   overdue("profile", ON_PROFILE, THRESHOLDS["profile_overdue"].value, ON_SERVER),
                   steps=any_is("critical"), no_value="none planned"),
            Column("Stores with errors", f"sum by ({ON_SERVER}) ({summary.STORE_ERROR})", steps=any_is("critical")),
            Column("Archived in 24 h", f"sum by ({ON_SERVER}) ({summary.ARCHIVED_DAY})", unit="locale", decimals=0),
            Column("Size", f"sum by ({ON_SERVER}) ({summary.SIZE})", unit="bytes"),
            Column("Certificate expires in", f"{expires} - time()", unit="s",
                   steps=time_left("certificate_soon", "certificate_now")),
        ],
        sort_by="Server", overrides=[link_to_server("Server"), override("Known", custom__hidden=True)])


def dashboard() -> dict[str, Any]:
    """Fleet."""
    archived = f"increase({select('mailstore_profile_items_archived_total', '', '1h')})"
    return board(
        "mailstore-fleet", "MailStore / Fleet", "All MailStore servers: what is wrong, and where.", "24h", "1m",
        line(4, (3, _servers_down()), (3, exporters_down()), (3, summary.verifications_failed()),
             (3, summary.verifications_overdue()), (3, summary.profiles_overdue()), (3, summary.stores_in_error()),
             (3, summary.archived_in_a_day()), (3, summary.total_size())),
        line(8, (12, _firing_alerts()), (12, _availability())),
        heading("Servers"),
        line(8, (24, _servers())),
        heading("Archiving"),
        line(8, (24, bars(
            "Archived per hour",
            "Messages archived per hour by all servers together. Few or no bars on a working day: find the server in "
            "the table above that archived nothing, and look at its profiles.",
            Query(f"sum({archived})", "archived"), unit="short", interval="1h", color="blue",
            no_value="nothing archived yet"))))

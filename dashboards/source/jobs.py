"""Jobs and verifications: what ran, how it ended, and what is overdue."""

from __future__ import annotations

from typing import Any

import mappings
from board import board
from layout import heading, line
from outcomes import JOB, PROFILE, STORE, job_table, verification_timeline
from panels import Panel, Query, bar_gauge, lines, now, status_history
from promql import ON_JOB, ON_PROFILE, ON_STORE, age, runs, select, share_of_plan
from tables import Column, override, table
from thresholds import any_is, share_of_plan as plan_steps


def _share_of_plan() -> Panel:
    return bar_gauge(
        "Age of the last successful verification",
        "As a share of the planned interval. Yellow, from 100 %: due. Orange, from 125 %: overdue; check whether the "
        "job still runs, and its results. Stores without planned verifications are not shown.",
        now(share_of_plan("verification", ON_STORE), STORE), unit="percentunit", no_value="no verification planned",
        steps=plan_steps("verification_overdue"), words=mappings.NEVER, maximum=1.5, decimals=0)


def _runs(thing: str, title: str, on: str, legend: str) -> Panel:
    return status_history(
        title, f"One cell per run of a {thing}, at the time when it ended, in the colour of its result. If two runs share "
        f"a cell, it shows the later one. Red or orange: open the {thing}'s results in MailStore Client.",
        Query(runs(thing, on), legend), words=mappings.RESULT_CODES, no_value="no runs in the time range")


def _by_result(title: str, family: str) -> Panel:
    colors = [override(name, color={"mode": "fixed", "fixedColor": color}, displayName=text)
              for name, (_, text, color) in mappings.RESULTS.items()]
    return bar_gauge(
        title, "Runs that ended in the time range, by result. Purple: a result that this version does not know. Many "
        "red or orange ones: the tables show which jobs, profiles or stores they belong to.",
        now(f"sort_desc(sum by (result) (increase({select(family, '', '$__range')})) > 0)", "{{result}}"),
        unit="none", decimals=0, no_value="no runs counted", bar=mappings.PURPLE, overrides=colors)


def _verifications() -> Panel:
    return table(
        "Verifications",
        "Every store with its verifications. “Suspicious lines” are log lines that look like damage, even if the "
        "result is succeeded: read that log. The columns from “Now” on are only for stores that the exporter verifies.",
        "never verified", keys={"target": "Server", "instance_id": "Instance", "store_id": "Id", "store_name": "Store"},
        columns=[
            Column("", f"{select('mailstore_verification_last_result')} == 1", words=mappings.RESULT_NAMES,
                   labels={"result": "Last result"}, no_value="never ran"),
            Column("Last run", age(select("mailstore_verification_last_completion_timestamp_seconds")), unit="s"),
            Column("Last success", age(select("mailstore_verification_last_success_timestamp_seconds")), unit="s",
                   no_value="never"),
            Column("Expected interval", select("mailstore_verification_expected_interval_seconds"), unit="s"),
            Column("Of interval", share_of_plan("verification", ON_STORE), unit="percentunit", decimals=0,
                   steps=plan_steps("verification_overdue"), words=mappings.NEVER, no_value="no plan"),
            Column("Duration", select("mailstore_verification_last_duration_seconds"), unit="s"),
            Column("Now", select("mailstore_verification_running"), words=mappings.RUNNING),
            Column("Progress", select("mailstore_verification_progress_ratio"), unit="percentunit", decimals=0),
            Column("Verified so far", select("mailstore_verification_messages_verified"), unit="locale"),
            Column("Suspicious lines", select("mailstore_verification_log_error_lines"), steps=any_is("warning")),
            Column("Next run", f"{select('mailstore_verification_next_run_timestamp_seconds')} - time()", unit="s"),
        ], sort_by="Store")


def _durations(thing: str, title: str, legend: str) -> Panel:
    took = select(f"mailstore_{thing}_last_duration_seconds", "", "1h")
    return lines(
        title, "The duration of the newest run at each point in time. A line that rises from run to run: the archive "
        "grows, or its volume gets slower; allow enough time before the next run.",
        Query(f"last_over_time({took})", legend), unit="s", calcs=("lastNotNull", "max"),
        custom={"lineInterpolation": "stepAfter"})


def dashboard() -> dict[str, Any]:
    """Jobs and verifications."""
    return board(
        "mailstore-jobs", "MailStore / Jobs and verifications",
        "Every verification, job and profile run: result, duration, and what is overdue.", "7d", "5m",
        line(9, (15, verification_timeline()), (9, _share_of_plan())),
        line(8, (24, _verifications())),
        heading("Every run"),
        line(9, (24, _runs("job", "Runs of jobs", ON_JOB, JOB))),
        line(9, (24, _runs("profile", "Runs of profiles", ON_PROFILE, PROFILE))),
        heading("Runs by result"),
        line(8, (8, _by_result("Verifications by result", "mailstore_verification_runs_total")),
             (8, _by_result("Jobs by result", "mailstore_job_runs_total")),
             (8, _by_result("Profiles by result", "mailstore_profile_runs_total"))),
        heading("Jobs"),
        line(10, (24, job_table())),
        heading("Durations"),
        line(10, (12, _durations("verification", "Duration of verifications", STORE)),
             (12, _durations("job", "Duration of jobs", JOB))))

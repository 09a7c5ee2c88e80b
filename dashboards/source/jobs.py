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
        "Age of the last good verification",
        "As a share of the interval in which one is planned. Yellow, from 100 %: due. Orange, from 125 %: overdue; see "
        "whether the job still runs and how it ends. Stores without a plan are not shown.",
        now(share_of_plan("verification", ON_STORE), STORE), unit="percentunit", no_value="no verification planned",
        steps=plan_steps("verification_overdue"), words=mappings.NEVER, maximum=1.5, decimals=0)


def _runs(thing: str, title: str, on: str, legend: str) -> Panel:
    return status_history(
        title, f"A cell for each run of a {thing}, when it was completed, in the colour of its result. Where two fall "
        f"into one cell, the later one is shown. Red or orange: open the {thing}'s results in MailStore.",
        Query(runs(thing, on), legend), words=mappings.RESULT_CODES, no_value="no runs in this time")


def _by_result(title: str, family: str) -> Panel:
    colors = [override(name, color={"mode": "fixed", "fixedColor": color}, displayName=text)
              for name, (_, text, color) in mappings.RESULTS.items()]
    return bar_gauge(
        title, "Runs that were completed in the time range, by their result. Purple: a result that this version does "
        "not know. Many red or orange ones: the table below says which they are.",
        now(f"sort_desc(sum by (result) (increase({select(family, '', '$__range')})) > 0)", "{{result}}"),
        unit="none", decimals=0, no_value="no runs counted", bar=mappings.PURPLE, overrides=colors)


def _verifications() -> Panel:
    return table(
        "Verifications",
        "Every store with its verifications. “Suspicious lines” are lines of the log that look like damage though "
        "the result may say succeeded: read that log. The columns from “Now” on are filled for the stores that the "
        "exporter itself verifies.",
        "never verified", keys={"target": "Server", "instance_id": "Instance", "store_id": "Id", "store_name": "Store"},
        columns=[
            Column("", f"{select('mailstore_verification_last_result')} == 1", words=mappings.RESULT_NAMES,
                   labels={"result": "Last result"}, no_value="never ran"),
            Column("Last run", age(select("mailstore_verification_last_completion_timestamp_seconds")), unit="s"),
            Column("Last good run", age(select("mailstore_verification_last_success_timestamp_seconds")), unit="s",
                   no_value="never"),
            Column("Expected every", select("mailstore_verification_expected_interval_seconds"), unit="s"),
            Column("Of its plan", share_of_plan("verification", ON_STORE), unit="percentunit", decimals=0,
                   steps=plan_steps("verification_overdue"), words=mappings.NEVER, no_value="no plan"),
            Column("Took", select("mailstore_verification_last_duration_seconds"), unit="s"),
            Column("Now", select("mailstore_verification_running"), words=mappings.RUNNING),
            Column("Progress", select("mailstore_verification_progress_ratio"), unit="percentunit", decimals=0),
            Column("Verified so far", select("mailstore_verification_messages_verified"), unit="locale"),
            Column("Suspicious lines", select("mailstore_verification_log_error_lines"), steps=any_is("warning")),
            Column("Next run", f"{select('mailstore_verification_next_run_timestamp_seconds')} - time()", unit="s"),
        ], sort_by="Store")


def _durations(thing: str, title: str, legend: str) -> Panel:
    took = select(f"mailstore_{thing}_last_duration_seconds", "", "1h")
    return lines(
        title, "How long the newest run took, as it was at each moment. A line that climbs from run to run: the "
        "archive grows, or its volume gets slower; give it time before the next run starts.",
        Query(f"last_over_time({took})", legend), unit="s", calcs=("lastNotNull", "max"),
        custom={"lineInterpolation": "stepAfter"})


def dashboard() -> dict[str, Any]:
    """Jobs and verifications."""
    return board(
        "mailstore-jobs", "MailStore / Jobs and verifications",
        "Every verification, job and profile run: how it ended, how long it took, what is overdue.", "7d", "5m",
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
        line(10, (12, _durations("verification", "Verifications took", STORE)),
             (12, _durations("job", "Jobs took", JOB))))

"""Panels about outcomes that more than one dashboard shows."""

from __future__ import annotations

import mappings
from panels import Panel, Query, state_timeline
from promql import ON_JOB, ON_PROFILE, age, result_code, select, share_of_plan
from tables import Column, table
from thresholds import Steps, any_is, share_of_plan as plan_steps

STORE = "{{store_name}} #{{store_id}} · {{target}} {{instance_id}}"
JOB = "{{job_name}} #{{job_id}} · {{target}} {{instance_id}}"
PROFILE = "{{profile_name}} #{{profile_id}} · {{target}} {{instance_id}}"


def verification_timeline() -> Panel:
    """A lane a store."""
    return state_timeline(
        "Verification of each store",
        "The result of each store's newest verification over time. If it is not green, the store may be damaged: read "
        "the verification's log. Purple: a result that this version does not know.",
        Query(result_code("mailstore_verification_last_result"), STORE), words=mappings.RESULT_CODES,
        no_value="never verified")


def job_timeline() -> Panel:
    """A lane a job."""
    return state_timeline(
        "Results of jobs",
        "The result of each job's newest run over time. Red or orange: open the job's results in MailStore Client. A "
        "job that never ran is not shown.",
        Query(result_code("mailstore_job_last_result"), JOB), words=mappings.RESULT_CODES, no_value="no runs yet")


def profile_timeline() -> Panel:
    """A lane a profile."""
    return state_timeline(
        "Results of profiles",
        "The result of each profile's newest run over time. Short red or orange periods are normal. Long ones mean "
        "that mail is not archived: open the profile's results in MailStore Client.",
        Query(result_code("mailstore_profile_last_result"), PROFILE), words=mappings.RESULT_CODES,
        no_value="no runs yet")


def _common(thing: str, on: str, overdue: str, bad: Steps | None = None) -> list[Column]:
    """The columns that jobs and profiles share, from the last result on."""
    return [
        Column("", f"{select(f'mailstore_{thing}_last_result')} == 1", words=mappings.RESULT_NAMES,
               labels={"result": "Last result"}, no_value="never ran"),
        Column("Consecutive failures", select(f"mailstore_{thing}_consecutive_failures"), steps=bad),
        Column("Last run", age(select(f"mailstore_{thing}_last_completion_timestamp_seconds")), unit="s"),
        Column("Last success", age(select(f"mailstore_{thing}_last_success_timestamp_seconds")), unit="s"),
        Column("Expected interval", select(f"mailstore_{thing}_expected_interval_seconds"), unit="s"),
        Column("Of interval", share_of_plan(thing, on), unit="percentunit", decimals=0,
               steps=plan_steps(overdue), words=mappings.NEVER, no_value="no plan"),
        Column("Duration", select(f"mailstore_{thing}_last_duration_seconds"), unit="s"),
    ]


def job_table() -> Panel:
    """A row a job."""
    return table(
        "Jobs",
        "Every job. Orange “Of interval”: no success for over twice the expected interval; check in MailStore Client "
        "whether the job still starts, and why it fails.",
        "no jobs", keys={"target": "Server", "instance_id": "Instance", "job_id": "Id", "job_name": "Job",
                         "action": "Action"},
        columns=[Column("State", select("mailstore_job_enabled"), words=mappings.ENABLED),
                 *_common("job", ON_JOB, "job_overdue", bad=any_is("warning"))], sort_by="Job")


def profile_table() -> Panel:
    """A row a profile."""
    return table(
        "Profiles",
        "Every archiving profile. Red “Of interval”: no success for over twice the expected interval, so mail is not "
        "archived; run the profile manually in MailStore Client and read its result.",
        "no profiles", keys={"target": "Server", "instance_id": "Instance", "profile_id": "Id",
                             "profile_name": "Profile"},
        columns=[Column("Start", select("mailstore_profile_automatic"), words=mappings.AUTOMATIC),
                 *_common("profile", ON_PROFILE, "profile_overdue"),
                 Column("Archived last", select("mailstore_profile_last_items_archived"), unit="locale"),
                 Column("Last mail", age(select("mailstore_profile_last_nonzero_run_timestamp_seconds")), unit="s"),
                 Column("Archived in 24 h", f"increase({select('mailstore_profile_items_archived_total', '', '24h')})",
                        unit="locale", decimals=0)],
        sort_by="Profile")

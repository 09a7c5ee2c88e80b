"""The PromQL that the panels share: selectors with the dashboard's variables, joins by id, ages, results as numbers."""

from __future__ import annotations

import mappings

EXPORTER_LABELS = 'job=~"$job", instance=~"$instance"'
SERVER_LABELS = EXPORTER_LABELS + ', target=~"$target"'
OBJECT_LABELS = SERVER_LABELS + ', instance_id=~"$instance_id"'

ON_EXPORTER = "job, instance"
ON_SERVER = "job, instance, target"
ON_INSTANCE = ON_SERVER + ", instance_id"
ON_STORE = ON_INSTANCE + ", store_id"
ON_JOB = ON_INSTANCE + ", job_id"
ON_PROFILE = ON_INSTANCE + ", profile_id"

# Families whose series belong to the whole process, and those that may belong to an instance of an SPE server.
_OF_EXPORTER = ("up", "scrape_", "process_", "mailstore_exporter_")
_OF_OBJECT = ("mailstore_instance_", "mailstore_store_", "mailstore_stores", "mailstore_job_", "mailstore_profile_",
              "mailstore_verification_", "mailstore_users", "ALERTS")

# Outcomes stand still between two runs. A window of an hour draws them without gaps both where they are scraped and
# where `mailstore_exporter history` filled in the past with one sample an hour.
OUTCOME_WINDOW = "1h"


def select(metric: str, extra: str = "", window: str = "") -> str:
    """A selector of the family with all variables that its series can be chosen by; a window makes it a range."""
    labels = SERVER_LABELS
    if metric.startswith(_OF_EXPORTER):
        labels = EXPORTER_LABELS
    elif metric.startswith(_OF_OBJECT):
        labels = OBJECT_LABELS
    inside = f"{labels}, {extra}" if extra else labels
    return f"{metric}{{{inside}}}" + (f"[{window}]" if window else "")


def of_exporters(expr: str) -> str:
    """Keeps the series of this exporter: with all jobs chosen, process_* and scrape_* name those of every program."""
    return f"{expr}\n  and on ({ON_EXPORTER}) {select('mailstore_exporter_build_info')}"


def count_of(bad: str, among: str) -> str:
    """How many are bad: 0 only where there is something to be counted, and nothing at all where there is not."""
    return f"count({bad})\nor\ncount({among}) * 0"


def age(timestamp: str) -> str:
    """Seconds since an instant; 0 where the server's clock is ahead, since its skew has a panel of its own."""
    return f"clamp_min(time() - {timestamp}, 0)"


def share_of_plan(thing: str, on: str) -> str:
    """The age of the last success as a share of the interval at which it is expected; -1 where none ever succeeded."""
    success = select(f"mailstore_{thing}_last_success_timestamp_seconds")
    expected = select(f"mailstore_{thing}_expected_interval_seconds")
    return (f"{age(success)}\n  / on ({on}) group_left () {expected}\n"
            f"or\n({expected} unless on ({on}) {success}) * 0 - 1")


def overdue(thing: str, on: str, factor: float, by: str = "") -> str:
    """How many of those with a plan have waited too long for a success, or never had one; for each `by`, if given."""
    success = select(f"mailstore_{thing}_last_success_timestamp_seconds")
    expected = select(f"mailstore_{thing}_expected_interval_seconds")
    grouping = f" by ({by})" if by else ""
    return (f"count{grouping} (\n"
            f"  (time() - {success}) > on ({on}) {factor:g} * {expected}\n"
            f"  or on ({on}) ({expected} unless on ({on}) {success})\n"
            f")\nor\ncount{grouping} ({expected}) * 0")


def result_code(family: str) -> str:
    """The current one of a set of results as its number in `mappings.RESULTS`; OTHER for what a newer server invents.

    The first operand that knows a series wins, so the last one stands for every result that has no number.
    """
    def current(extra: str) -> str:
        return f"(last_over_time({select(family, extra, OUTCOME_WINDOW)}) == 1)"

    known = [f'{current(f"""result="{name}" """.strip())} * {code}'
             for name, code in mappings.codes(family).items()]
    terms = known + [f"{current('')} * {mappings.OTHER}"]
    return "max without (result) (\n  " + "\n  or ".join(terms) + "\n)"


def runs(thing: str, on: str) -> str:
    """The result of a run, only in the step of the graph in which the run was completed.

    Completed in this step: the newest completion is another one than a step ago. It must be young as well, or every
    last run would be drawn again where the exporter itself was started.
    """
    completion = f"last_over_time({select(f'mailstore_{thing}_last_completion_timestamp_seconds', '', OUTCOME_WINDOW)}"
    return (f"{result_code(f'mailstore_{thing}_last_result')}\n"
            f"and on ({on}) (\n"
            f"  {completion}) > time() - 2 * $__interval_ms / 1000\n"
            f"  unless on ({on}) {completion}) == {completion} offset $__interval)\n"
            f")")

"""The figures that the fleet and a single server are judged by, and the tables that two dashboards show."""

from __future__ import annotations

from panels import Panel, now, stat
from promql import ON_PROFILE, ON_STORE, count_of, overdue, select
from thresholds import THRESHOLDS, any_is, plain

VERIFICATION_BAD = f"""{select("mailstore_verification_last_result", 'result="succeeded"')} == 0"""
VERIFICATION_ALL = select("mailstore_verification_last_result", 'result="succeeded"')
STORE_ERROR = select("mailstore_store_error")
ARCHIVED_DAY = f"increase({select('mailstore_profile_items_archived_total', '', '24h')})"
SIZE = select("mailstore_store_size_bytes")


def verifications_failed() -> Panel:
    """Stores whose newest verification did not succeed."""
    return stat(
        "Verifications failed",
        "Stores whose newest verification did not succeed. Red: treat the store as damaged until you know better. Find "
        "the store on the dashboard Jobs and verifications, and read the verification's log first.",
        now(count_of(VERIFICATION_BAD, VERIFICATION_ALL)), steps=any_is("critical"),
        no_value="never verified", link="mailstore-jobs")


def verifications_overdue() -> Panel:
    """Stores that have waited too long for a good verification."""
    return stat(
        "Verifications overdue",
        "Stores whose last successful verification is older than 125 % of the planned interval, or that never had one "
        "although it is planned. Orange: check whether the job still runs, and whether it ends.",
        now(overdue("verification", ON_STORE, THRESHOLDS["verification_overdue"].value)), steps=any_is("warning"),
        no_value="none planned", link="mailstore-jobs")


def profiles_overdue() -> Panel:
    """Profiles that have waited too long for a good run."""
    return stat(
        "Profiles overdue",
        "Archiving profiles without a success for over twice their expected interval, or without any. Red: mail is not "
        "being archived; open the server's dashboard and look at the profile's last result.",
        now(overdue("profile", ON_PROFILE, THRESHOLDS["profile_overdue"].value)), steps=any_is("critical"),
        no_value="none planned", link="mailstore-server")


def stores_in_error() -> Panel:
    """Stores that the server itself calls faulty."""
    return stat(
        "Stores with errors",
        "Archive stores for which the server reports an error. Red: the store is not attached or not readable; look at "
        "its volume, and at Storage Locations in MailStore Client.",
        now(count_of(f"{STORE_ERROR} == 1", STORE_ERROR)), steps=any_is("critical"), link="mailstore-server")


def archived_in_a_day() -> Panel:
    """Messages of the last 24 hours."""
    return stat(
        "Archived in 24 h",
        "Messages that all profiles archived in the 24 hours up to the end of the time range. Nothing on a working "
        "day: look at the profiles.",
        now(f"sum({ARCHIVED_DAY})"), unit="short", steps=plain("blue"), decimals=1, link="mailstore-storage")


def total_size() -> Panel:
    """Bytes of all stores."""
    return stat(
        "Total size", "The size of all stores together. The dashboard Storage growth has a forecast.",
        now(f"sum({SIZE})"), unit="bytes", steps=plain("blue"), link="mailstore-storage")

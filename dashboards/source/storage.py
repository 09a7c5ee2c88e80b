"""How the archive grows, what makes it grow, and how large it will be."""

from __future__ import annotations

from typing import Any

import mappings
from board import board
from layout import heading, line
from outcomes import PROFILE, STORE
from panels import Panel, Query, bar_gauge, bars, lines, now, stacked_sizes, stat
from promql import ON_SERVER, select
from tables import Column, override, table
from thresholds import DAY, plain

SIZE = select("mailstore_store_size_bytes")
HORIZONS = (30, 90, 365)


def _predicted(days: int) -> str:
    """The size after so many days, along the line through the last 30 days."""
    return f"clamp_min(predict_linear({select('mailstore_store_size_bytes', '', '30d')}, {days} * {DAY}), 0)"


def _forecast() -> Panel:
    return stat(
        "Size now and in 30, 90 and 365 days",
        "The total size of all stores, and a forecast from the growth of the last 30 days. With less than 30 days of "
        "data, the forecast is unreliable. Compare it with the free space of the volume, which the API does not "
        "report.",
        now(f"sum({SIZE})", "now"), *(now(f"sum({_predicted(days)})", f"in {days} days") for days in HORIZONS),
        unit="bytes", steps=plain("blue"), no_value="no stores")


def _growth() -> Panel:
    return stat(
        "Growth in the time range", "The growth of all stores together in the time range. None for days: check whether "
        "the profiles still archive.",
        now(f"sum(delta({select('mailstore_store_size_bytes', '', '$__range')}))"), unit="bytes",
        steps=plain("blue"), no_value="no stores")


def _messages() -> Panel:
    return stat("Messages", "Messages in all stores together. A sudden drop: a store was removed or emptied; see the "
                "table below.",
                now(f"sum({select('mailstore_store_messages')})"), unit="short", decimals=1, steps=plain("blue"),
                no_value="no stores")


def _stores() -> Panel:
    forecasts = [Column(f"In {days} days", _predicted(days), unit="bytes") for days in HORIZONS]
    bytes_each = f"{SIZE}\n  / ({select('mailstore_store_messages')} > 0)"
    return table(
        "Forecast by store",
        "Every store, with a forecast from its growth of the last 30 days. If a store becomes too large to back up or "
        "verify in a night, create a new current store under Storage Locations in MailStore Client.",
        "no stores", keys={"target": "Server", "instance_id": "Instance", "store_id": "Id", "store_name": "Store"},
        columns=[Column("Messages", select("mailstore_store_messages"), unit="locale"),
                 Column("Per message", bytes_each, unit="bytes"),
                 Column("Growth in 30 days", f"delta({select('mailstore_store_size_bytes', '', '30d')})", unit="bytes"),
                 Column("Size", SIZE, unit="bytes"), *forecasts],
        sort_by="Size", descending=True)


def _top_profiles() -> Panel:
    archived = f"increase({select('mailstore_profile_items_archived_total', '', '$__range')})"
    return bar_gauge(
        "Top profiles",
        "The ten profiles that archived the most messages in the time range. If one is missing, look at it on the "
        "Server dashboard.",
        now(f"topk(10, {archived} > 0)", PROFILE), unit="locale", decimals=0,
        no_value="nothing archived in the time range")


def _against_last_week() -> Panel:
    archived = select("mailstore_profile_items_archived_total", "", "$__rate_interval")
    return lines(
        "Messages per hour, compared with a week ago",
        "Messages archived per hour, as a moving average, and the same a week before (dashed). Far below last week on "
        "a working day: look at the profiles.",
        Query(f"sum(rate({archived})) * 3600", "now", interval="1h"),
        Query(f"sum(rate({archived} offset 1w)) * 3600", "a week ago", interval="1h"),
        unit="short", no_value="nothing archived yet",
        overrides=[override("now", color={"mode": "fixed", "fixedColor": "blue"}, custom__fillOpacity=15),
                   override("a week ago", color={"mode": "fixed", "fixedColor": mappings.GREY},
                            custom__lineStyle={"fill": "dash", "dash": [6, 4]}, custom__fillOpacity=0)])


def dashboard() -> dict[str, Any]:
    """Storage growth."""
    growth = f"delta({select('mailstore_store_size_bytes', '', '1d')})"
    return board(
        "mailstore-storage", "MailStore / Storage growth", "How the archive grows, and a forecast of its size.", "30d",
        "5m",
        line(4, (14, _forecast()), (5, _growth()), (5, _messages())),
        line(10,
             (15, stacked_sizes("Size by store", "The size of each store, stacked. A step down: a store was compacted, "
                                "moved or lost; compare with its messages in the table below.",
                                Query(SIZE, STORE), no_value="no stores")),
             (9, _top_profiles())),
        heading("Growth"),
        line(8,
             (12, bars("Growth per day", "The growth of each server's stores per day. Below zero: a store was "
                       "compacted or removed. Zero on a working day: nothing was archived.",
                       Query(f"sum by ({ON_SERVER}) ({growth})", "{{target}}"), unit="bytes", interval="1d",
                       below_zero=True, no_value="no stores")),
             (12, _against_last_week())),
        heading("Stores"),
        line(8, (24, _stores())))

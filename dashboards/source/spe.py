"""The Service Provider Edition: its instances with the worst first, how they grow, what they use, and its machines."""

from __future__ import annotations

from typing import Any

import mappings
from board import board
from layout import heading, line
from panels import Panel, Query, bar_gauge, lines, now, stacked_sizes, stat
from promql import ON_INSTANCE, ON_SERVER, age, count_of, select
from tables import Column, link_to, override, table
from thresholds import THRESHOLDS, any_is, plain

INFO = select("mailstore_instance_info")
UP = select("mailstore_instance_up")
MESSAGES = select("mailstore_instance_messages")
SIZE = select("mailstore_instance_size_bytes")
NONE = "only a Service Provider Edition has instances"
INSTANCE = "{{instance_id}} · {{target}}"

ROWS = 100
TOP = 10


def _stopped() -> str:
    """Instances that should run and do not. A manual or disabled start, and frozen, are somebody's decision."""
    should = select("mailstore_instance_info", 'start_mode!~"(?i:manual|disabled)"')
    running = select("mailstore_instance_status", 'status="running"')
    return f"{should} and on ({ON_INSTANCE}) {running} == 0 unless on ({ON_INSTANCE}) {_frozen()}"


def _frozen() -> str:
    return f"""{select("mailstore_instance_status", 'status="frozen"')} == 1"""


def _is(family: str, value: int) -> str:
    return f"{select(f'mailstore_instance_{family}')} == {value}"


def _stale() -> str:
    """Instances whose last collection is several intervals of their collector ago."""
    interval = select("mailstore_collector_interval_seconds", 'collector="instances"')
    last = select("mailstore_instance_last_collection_timestamp_seconds")
    running = select("mailstore_instance_status", 'status="running"')
    return (f"{age(last)} > on ({ON_SERVER}) group_left () {THRESHOLDS['instance_stale'].value:g} * {interval} "
            f"and on ({ON_INSTANCE}) {running} == 1")


def _problem() -> str:
    """The worst problem of each instance as its number in `mappings.PROBLEM`: the first operand that applies wins."""
    worst_first = [_stopped(), _is("start_stop_error", 1), _is("can_archive", 0), _is("up", 0), _stale(), _frozen(),
                   _is("provider_access", 0), INFO]
    terms = [f"({one}) * 0 + {len(worst_first) - 1 - number}" for number, one in enumerate(worst_first)]
    return f"max by ({ON_INSTANCE}) (\n  " + f"\n  or on ({ON_INSTANCE}) ".join(terms) + "\n)"


def _worst() -> str:
    """The instances that the table shows. Of those with the same problem, the larger ones come first."""
    larger = f"max by ({ON_INSTANCE}) ({MESSAGES}) / 1e12"
    return f"topk({ROWS}, {_problem()} + on ({ON_INSTANCE}) ({larger} or {_problem()} * 0))"


def _instances() -> Panel:
    shown = f" and on ({ON_INSTANCE}) {_worst()}"

    def column(title: str, expr: str, **more: Any) -> Column:
        return Column(title, expr + shown, **more)

    return table(
        "Instances",
        f"The {ROWS} worst instances, those with problems first. If one is not running but should be, start it in the "
        "Management Console. Orange: open the instance's page of the exporter, which has the reason.",
        NONE, keys={"target": "Server", "instance_id": "Instance"},
        columns=[
            column("Problem", f"({_problem()})", words=mappings.PROBLEM),
            column("", f"({INFO})", labels={"instance_name": "Name", "host": "Host", "start_mode": "Start"}),
            column("", f"({select('mailstore_instance_status')} == 1)", words=mappings.INSTANCE_STATUS,
                   labels={"status": "Status"}, no_value="unknown"),
            column("Provider access", select("mailstore_instance_provider_access"), words=mappings.ACCESS),
            column("Can archive", select("mailstore_instance_can_archive"), words=mappings.CAN_ARCHIVE),
            column("Last collection", f"({age(select('mailstore_instance_last_collection_timestamp_seconds'))})",
                   unit="s", no_value="never"),
            column("Messages", MESSAGES, unit="locale"),
            column("New in 24 h", f"""(delta({select('mailstore_instance_messages', '', '24h')}))""", unit="locale",
                   decimals=0),
            column("Size", f"(sum by ({ON_INSTANCE}) ({SIZE}))", unit="bytes"),
            column("Growth in 24 h", f"(sum by ({ON_INSTANCE}) "
                   f"(delta({select('mailstore_instance_size_bytes', '', '24h')})))", unit="bytes"),
            column("Private memory", select("mailstore_instance_private_memory_bytes"), unit="bytes"),
        ], sort_by="Problem", descending=True,
        overrides=[override("Instance", links=[
            link_to("mailstore-server", "Open the instance's stores and profiles", "Server", instance_id="Instance"),
            link_to("mailstore-jobs", "Open the instance's jobs and verifications", "Server",
                    instance_id="Instance")])])


def _figures() -> list[Panel]:
    """Counts of what is wrong."""
    return [
        stat("All instances", "Instances that the servers list and the exporter is configured to show. Far fewer than "
             "yesterday: compare with the list in the Management Console.",
             now(f"count({INFO})"), steps=plain("blue"), no_value="none"),
        stat("Not running", "Instances that should run and do not; those with manual or disabled start, and frozen ones, "
             "are not counted. Red: start them in the Management Console; the table below has them first.",
             now(count_of(_stopped(), INFO)), steps=any_is("critical"), no_value="none"),
        stat("Start errors", "Instances whose last start or stop failed. Red: read the error in the Management Console.",
             now(count_of(_is("start_stop_error", 1), INFO)), steps=any_is("critical"), no_value="none"),
        stat("Cannot archive", "Instances that run and whose profiles cannot archive, for example in safe mode. Orange: "
             "look for safe mode in the Management Console, and restart the instance without it.",
             now(count_of(_is("can_archive", 0), select("mailstore_instance_can_archive"))), steps=any_is("warning"),
             no_value="none"),
        stat("Collection failed", "Running instances of which some data could not be read, or not for three intervals. "
             "Orange: the exporter's page of the instance has the reason.",
             now(count_of(f"({UP} == 0) or on ({ON_INSTANCE}) ({_stale()})", UP)), steps=any_is("warning"),
             no_value="none"),
        stat("Provider access off", "Instances without service provider access: their jobs, profiles and users are not "
             "monitored. Switch it on in the instance's configuration, if the customer agrees.",
             now(count_of(_is("provider_access", 0), select("mailstore_instance_provider_access"))),
             steps=any_is("info"), no_value="none"),
        stat("Machines not active", "Machines that the management server does not reach. Orange: check whether the "
             "machine and its service are running.",
             now(count_of(f"{select('mailstore_host_active')} == 0", select("mailstore_host_active"))),
             steps=any_is("warning"), no_value="none"),
        stat("Service messages", "Messages of the Service Provider Edition, by severity. Orange: read them on the "
             "dashboard of the Management Console.",
             now(f"sum by (severity) ({select('mailstore_service_messages')})", "{{severity}}"), no_value="none",
             overrides=[override(severity, thresholds=any_is("warning")) for severity in ("error", "warning")]),
    ]


def _top(family: str, window: str) -> str:
    """The instances with the highest average over the time range: the same ones at each point of a graph."""
    instances = select(family, "", "$__range") + " @ end()"
    return f"and on ({ON_INSTANCE}) topk({TOP}, {window}({instances}))"


def _load(title: str, description: str, family: str, unit: str) -> Panel:
    """The rate of a live counter."""
    rate = f"rate({select(family, '', '$__rate_interval')})"
    return lines(title, f"{description} The {TOP} highest over the time range.",
                 Query(f"{rate}\n  {_top(family, 'rate')}", INSTANCE), unit=unit, no_value=NONE, interval="5m",
                 calcs=("mean", "max"))


def _memory() -> Panel:
    family = "mailstore_instance_private_memory_bytes"
    return lines("Private memory", "The private memory of instances' processes. One that rises for days: restart that "
                 f"instance, and look at the memory of its machine. The {TOP} highest over the time range.",
                 Query(f"{select(family)}\n  {_top(family, 'avg_over_time')}", INSTANCE), unit="bytes", no_value=NONE,
                 calcs=("lastNotNull", "max"))


def _growing(title: str, description: str, growth: str, unit: str) -> Panel:
    return bar_gauge(title, description, now(f"topk({TOP}, {growth} > 0)", INSTANCE), unit=unit, decimals=0,
                     no_value="no growth in the time range")


def _hosts() -> Panel:
    return table(
        "Machines",
        "The machines of a Service Provider Edition. If one is not active, check whether it is running and whether the "
        "management server can reach it.",
        "only a Service Provider Edition has machines",
        keys={"target": "Server", "server_name": "Machine", "server_type": "Role"},
        columns=[
            Column("State", select("mailstore_host_active"), words=mappings.ACTIVE),
            Column("Instances", select("mailstore_host_instances")),
            Column("Not running", f"{select('mailstore_host_instances')} - {select('mailstore_host_running_instances')}"),
            Column("Memory", select("mailstore_host_memory_bytes"), unit="bytes"),
        ], sort_by="State")


def dashboard() -> dict[str, Any]:
    """Service Provider Edition."""
    grown = f"sum by ({ON_INSTANCE}) (delta({select('mailstore_instance_size_bytes', '', '$__range')}))"
    return board(
        "mailstore-spe", "MailStore / Service Provider Edition",
        "The instances of a Service Provider Edition: what is wrong, growth, load, machines.", "24h", "1m",
        line(4, *((3, panel) for panel in _figures())),
        line(12, (24, _instances())),
        heading("Growth"),
        line(8,
             (8, stacked_sizes("Size of all instances", "The size of all instances by part, stacked. A step down: an "
                               "instance was removed, or its data expired; look at the number of instances.",
                               Query(f"sum by (part) ({SIZE})", "{{part}}"), no_value=NONE)),
             (8, lines("Messages of all instances", "Messages in all instances of each server. A flat line on a working "
                       "day: nothing is archived; look at the table above.",
                       Query(f"sum by ({ON_SERVER}) ({MESSAGES})", "{{target}}"), unit="short", no_value=NONE)),
             (8, _growing("Fastest growing instances", "The growth of instances' size in the time range. For "
                          "information: see which customer needs a larger volume next.", grown, "bytes"))),
        heading("Load"),
        line(8,
             (8, _load("CPU usage by instance", "CPU seconds per second: 1 is a whole core. High for hours: see what the "
                       "instance is doing in the Management Console.", "mailstore_instance_cpu_seconds_total", "none")),
             (8, _load("Reads by instance", "Bytes per second that instances read. Verifications and rebuilds of search "
                       "indexes read much; otherwise look at the instance's jobs.",
                       "mailstore_instance_io_read_bytes_total", "Bps")),
             (8, _load("Writes by instance", "Bytes per second that instances write. High without new messages: look at "
                       "the instance's jobs.", "mailstore_instance_io_written_bytes_total", "Bps"))),
        line(8,
             (8, _load("Calls by instance", "Calls of clients per second that instances answer. A sudden rise: look for "
                       "a client that repeats its calls.", "mailstore_instance_remote_procedure_calls_total", "reqps")),
             (8, _load("Messages archived by instance", "Messages per second that instances archive. Compare with "
                       "messages checked: many checked and none archived is usual at night.",
                       "mailstore_instance_messages_archived_total", "none")),
             (8, _memory())),
        heading("Machines"),
        line(7,
             (14, _hosts()),
             (10, lines("Running instances by machine", "Instances that run on each machine. A sudden drop: look whether "
                        "the machine restarted, or its instances were moved.",
                        Query(select("mailstore_host_running_instances"), "{{server_name}} · {{target}}"), unit="none",
                        decimals=0, no_value="only a Service Provider Edition has machines"))))

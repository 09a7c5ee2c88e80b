"""The figures as a document."""

from __future__ import annotations

from statistics import median

from judge import Verdict

INTRODUCTION = """\
# How right the alerts are

`make alert-accuracy` measures it and writes this page. Simulated tenants live through half a year each, at one sample a minute. The
rules run over that life with `for`, `keep_firing_for` and the inhibition of `alertmanager-example.yml`.

**What happens without a fault:** mail by hour and weekday, public holidays, the change of the clocks; restarts of the server (two
a month, 2 to 8 minutes) and of the exporter; a failed scrape about every second day; a store, a profile and a job that are
renamed, new ones, a deleted profile; profile runs that fail and heal; single failed calls; a certificate that is renewed a month
ahead; a store of few messages that loses one.

**Faults** are injected one after the other, with days between them. They are the truth: an alert is right if a fault explains it,
and a fault is reported if one of its alerts is sent before it ends. A third of the tenants has no faults. A job that a
restart of the server interrupts has failed, and counts as a fault that nobody injected.

"""

NOTES = """
*Time to the alert* is from the moment when the fault can first be seen at the server (a failed run ends, a run does not start, a
value changes) until the alert fires. *Again* is how often the same alert of the same fault was sent once more, because it
had ended in between.

What the figures do not say: the tenants are simulated, by the authors of the rules. Alerts about instances of a Service Provider
Edition and about the volume, and MailStoreJobFailedBefore, are not measured. Time on the way through Alertmanager comes on top:
up to 10 seconds for critical alerts, 2 minutes for warnings.

The rules are evaluated by an implementation of our own for whole months at once (`Tests/Alerts/accuracy`). `make test-alerts`
proves that it does what Prometheus does: it gives the results of all unit tests of the rules that have one step of time,
and for a day of a simulated life it gives the alerts that promtool gives.
"""


def span(minutes: float) -> str:
    """A time in words: minutes below two hours, then hours, then days."""
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.1f} h" if minutes < 2880 else f"{minutes / 1440:.1f} d"


def summary(verdict: Verdict) -> str:
    """The figures that have an aim."""
    faults = sum(kind.faults for kind in verdict.kinds.values())
    missed = sum(kind.missed for kind in verdict.kinds.values())
    false = sum(verdict.false.values())
    rows = [
        ("Tenant-years", f"{verdict.days / 365:.1f}, of which {verdict.quiet_days / 365:.1f} without faults", "50"),
        ("Recall", f"{verdict.recall:.2%} ({missed} of {faults} faults not reported)", "100 %"),
        ("Precision", f"{verdict.precision:.2%} ({false} of {verdict.right + false} messages false)", "99 %"),
        ("Pages in a tenant-year without faults", f"{verdict.pages_a_year:.2f}", "at most 1"),
        ("Messages in a tenant-year without faults", f"{verdict.messages_a_year:.1f}", ""),
    ]
    return "| | Measured | Aim |\n|---|---|---|\n" + "".join(f"| {name} | {value} | {aim} |\n" for name, value, aim in rows)


def kinds(verdict: Verdict) -> str:
    """A row for each kind of fault."""
    lines = ["| Fault | Injected | Reported | Median time to the alert | Worst | Again |", "|---|---:|---:|---:|---:|---:|"]
    for name, kind in sorted(verdict.kinds.items()):
        times = (span(median(kind.delays)), span(max(kind.delays))) if kind.delays else ("", "")
        lines.append(f"| {name} | {kind.faults} | {len(kind.delays) / kind.faults:.0%} | {times[0]} | {times[1]} | {kind.again} |")
    return "\n".join(lines) + "\n"


def false_alerts(verdict: Verdict) -> str:
    """Which alerts were false."""
    if not verdict.false:
        return "No alert was false.\n"
    rows = "".join(f"| {name} | {number} |\n" for name, number in sorted(verdict.false.items()))
    return f"| False alert | Messages |\n|---|---:|\n{rows}"


def document(verdict: Verdict) -> str:
    """The whole page."""
    return INTRODUCTION + "\n".join((summary(verdict), kinds(verdict), false_alerts(verdict))) + NOTES

"""Words and colours for every state, said once: green is fine, orange warns, red is critical, grey is not known."""

from __future__ import annotations

from typing import Any

GREEN, YELLOW, ORANGE, RED, BLUE, GREY, PURPLE = "green", "yellow", "orange", "red", "blue", "#8e8e8e", "purple"

# A result's number, for the panels that can only draw numbers, with its word and colour. The numbers say nothing.
RESULTS: dict[str, tuple[int, str, str]] = {
    "succeeded": (1, "succeeded", GREEN),
    "completedWithWarnings": (2, "with warnings", BLUE),
    "completedWithErrors": (3, "with errors", ORANGE),
    "failed": (4, "failed", RED),
    "cancelled": (5, "cancelled", ORANGE),
    "disconnected": (6, "disconnected", ORANGE),
    "threadAbort": (7, "aborted", RED),
    "lost": (8, "lost", ORANGE),
}
OTHER = 99
_OTHER_WORD = ("other result", PURPLE)
_OF_VERIFICATION = ("succeeded", "failed", "cancelled", "lost")

Mapping = dict[str, Any]


def codes(family: str) -> dict[str, int]:
    """The results that the family knows from the start, each with its number."""
    verification = family.startswith("mailstore_verification_")
    return {name: code for name, (code, _, _) in RESULTS.items()
            if (name in _OF_VERIFICATION if verification else name != "lost")}


def words(states: dict[str, tuple[str, str]]) -> list[Mapping]:
    """Value mappings of Grafana from value -> (word, colour)."""
    options = {value: {"text": text, "color": color, "index": index}
               for index, (value, (text, color)) in enumerate(states.items())}
    return [{"type": "value", "options": options}]


def unknown(text: str) -> list[Mapping]:
    """What is absent is grey and says so. Without this, Grafana colours it by the lowest threshold: green."""
    return [{"type": "special", "options": {"match": "null+nan", "result": {"text": text, "color": GREY, "index": 50}}}]


RESULT_CODES = words({**{str(code): (text, color) for code, text, color in RESULTS.values()},
                      str(OTHER): _OTHER_WORD})
RESULT_NAMES = words({name: (text, color) for name, (_, text, color) in RESULTS.items()})
UP = words({"1": ("up", GREEN), "0": ("down", RED)})
WORKED = words({"1": ("succeeded", GREEN), "0": ("failed", ORANGE)})
SUPPORTED = words({"1": ("yes", GREEN), "0": ("not supported", GREY)})
ACTIVE = words({"1": ("active", GREEN), "0": ("not active", RED)})
RELOADED = words({"1": ("accepted", GREEN), "0": ("rejected", ORANGE)})
ENABLED = words({"1": ("enabled", GREEN), "0": ("disabled", GREY)})
AUTOMATIC = words({"1": ("automatic", GREEN), "0": ("manual", GREY)})
RUNNING = words({"1": ("running", BLUE), "0": ("idle", GREY)})
ERROR = words({"1": ("error", RED), "0": ("none", GREEN)})
NEEDED = words({"1": ("needed", ORANGE), "0": ("no", GREEN)})
NEVER = words({"-1": ("never succeeded", ORANGE)})
EDITION = words({"server": ("MailStore Server", "text"), "spe": ("Service Provider Edition", "text")})
SEVERITY = words({"critical": ("critical", RED), "warning": ("warning", ORANGE), "info": ("info", BLUE)})
STORE_STATE = words({"current": ("current", GREEN), "normal": ("normal", GREEN),
                     "writeProtected": ("write-protected", BLUE), "disabled": ("disabled", GREY)})
INSTANCE_STATUS = words({"running": ("running", GREEN), "stopped": ("stopped", GREY),
                         "frozen": ("frozen", BLUE), "starting": ("starting", BLUE), "stopping": ("stopping", BLUE)})
ACCESS = words({"1": ("on", GREEN), "0": ("off", BLUE)})
CAN_ARCHIVE = words({"1": ("yes", GREEN), "0": ("no", ORANGE)})
# The problems of an instance, each with a number by which the worst comes first.
PROBLEM = words({"7": ("not running", RED), "6": ("start error", RED), "5": ("cannot archive", ORANGE),
                 "4": ("collection failed", ORANGE), "3": ("old data", ORANGE), "2": ("frozen", BLUE),
                 "1": ("no provider access", BLUE), "0": ("none", GREEN)})

"""What a panel says of its values: unit, words, colours. The defaults, and the overrides by name."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from preview_units import written

COLOURS = {
    "green": "#73bf69", "yellow": "#fade2a", "orange": "#ff9830", "red": "#f2495c", "blue": "#5794f2",
    "purple": "#b877d9", "text": "#ccccdc", "transparent": "transparent",
}
PALETTE = ("#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#705da0", "#37872d", "#fade2a",
           "#447ebc", "#c15c17", "#ad0317", "#0a437c", "#6d1f62", "#584477")


def colour(name: str) -> str:
    """A colour by Grafana's name for it."""
    found = COLOURS.get(name.removeprefix("dark-").removeprefix("light-").removeprefix("semi-dark-"))
    return found or name


@dataclass(frozen=True)
class Shown:
    """A value as it is shown."""

    text: str
    colour: str | None
    """None where nothing gives it a colour."""


@dataclass(frozen=True)
class Field:
    """The settings of one field: of a series, or a column."""

    name: str
    settings: dict[str, Any]
    now: float

    @property
    def custom(self) -> dict[str, Any]:
        """The settings of the kind of panel."""
        return self.settings.get("custom", {})

    @property
    def title(self) -> str:
        """The name that is shown."""
        return self.settings.get("displayName") or self.name

    def fixed(self) -> str | None:
        """The colour where it is a fixed one."""
        mode = self.settings.get("color", {})
        return colour(mode["fixedColor"]) if mode.get("mode") == "fixed" else None

    def by_threshold(self, value: float) -> str:
        """The colour of the highest threshold that the value reaches."""
        chosen = "text"
        for step in self.settings.get("thresholds", {}).get("steps", []):
            if step["value"] is None or value >= step["value"]:
                chosen = step["color"]
        return colour(chosen)

    def mapped(self, value: float | str | None) -> Shown | None:
        """What a value mapping makes of it."""
        for mapping in self.settings.get("mappings", []):
            options = mapping["options"]
            result = None
            if mapping["type"] == "value":
                result = options.get(key(value))
            elif mapping["type"] == "special" and value is None and "null" in options["match"]:
                result = options["result"]
            elif mapping["type"] == "range" and isinstance(value, float):
                low, high = options.get("from"), options.get("to")
                if (low is None or value >= low) and (high is None or value <= high):
                    result = options["result"]
            elif mapping["type"] == "regex" and isinstance(value, str) and re.fullmatch(options["pattern"], value):
                result = options["result"]
            if result:
                return Shown(result.get("text", text_of(self, value)),
                             colour(result["color"]) if "color" in result else None)
        return None

    def show(self, value: float | str | None) -> Shown:
        """A value in its words or its unit, and its colour."""
        if isinstance(value, float) and not math.isfinite(value):
            value = None
        if found := self.mapped(value):
            return found
        if value is None:
            return Shown(self.settings.get("noValue", "–"), None)
        if isinstance(value, str):
            return Shown(value, None)
        return Shown(text_of(self, value), self.fixed() or self.by_threshold(value))


def text_of(field: Field, value: float | str | None) -> str:
    """A value in its unit."""
    if isinstance(value, float):
        return written(value, field.settings.get("unit", "none"), field.settings.get("decimals"), field.now)
    return value or ""


def key(value: float | str | None) -> str:
    """The value as a value mapping names it."""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    return value or ""


def field(panel: dict[str, Any], name: str, now: float) -> Field:
    """The settings of the field of that name."""
    configuration = panel.get("fieldConfig", {})
    settings = dict(configuration.get("defaults", {}))
    settings["custom"] = dict(settings.get("custom", {}))
    for override in configuration.get("overrides", []):
        matcher = override["matcher"]
        if (matcher["id"] == "byName" and matcher["options"] == name) or (
                matcher["id"] == "byRegexp" and re.search(matcher["options"].strip("/"), name)):
            for one in override["properties"]:
                if one["id"].startswith("custom."):
                    settings["custom"][one["id"].removeprefix("custom.")] = one.get("value")
                else:
                    settings[one["id"]] = one.get("value")
    return Field(name, settings, now)

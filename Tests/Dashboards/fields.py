"""The settings of a panel's fields as the checks read them: defaults, overrides, mappings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Panel = dict[str, Any]
Mappings = list[dict[str, Any]] | None


def properties(panel: Panel, column: str) -> dict[str, Any]:
    """What the overrides say about a column."""
    found: dict[str, Any] = {}
    for override in panel.get("fieldConfig", {}).get("overrides", []):
        matcher = override.get("matcher", {})
        by_name = matcher.get("id") == "byName" and matcher.get("options") == column
        by_pattern = matcher.get("id") == "byRegexp" and re.search(str(matcher["options"]).strip("/"), column)
        if by_name or by_pattern:
            found |= {item["id"]: item.get("value") for item in override.get("properties", [])}
    return found


def all_settings(panel: Panel) -> Iterator[dict[str, Any]]:
    """The settings of all fields: the defaults, then each override as if it were one."""
    config = panel.get("fieldConfig", {})
    defaults = config.get("defaults", {})
    yield defaults | {f"custom.{key}": value for key, value in defaults.get("custom", {}).items()}
    for override in config.get("overrides", []):
        yield {item["id"]: item.get("value") for item in override.get("properties", [])}


def results(mappings: Mappings) -> Iterator[dict[str, Any]]:
    """The texts and colours that values are mapped to."""
    for mapping in mappings or []:
        options = mapping.get("options", {})
        yield from options.values() if mapping.get("type") == "value" else [options.get("result", {})]


def has_words(mappings: Mappings) -> bool:
    """Whether values are mapped to words: a text for what is absent alone is none."""
    return any(mapping.get("type") != "special" for mapping in mappings or [])


def without_word(mappings: Mappings, values: set[str]) -> list[str]:
    """Those of the values that no mapping turns into a word. Ranges and patterns are taken to cover all."""
    known: set[str] = set()
    for mapping in mappings or []:
        if mapping.get("type") in ("range", "regex"):
            return []
        if mapping.get("type") == "value":
            known |= mapping.get("options", {}).keys()
    return sorted(values - known)

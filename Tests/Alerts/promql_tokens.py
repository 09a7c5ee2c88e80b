"""Cuts a PromQL expression into tokens that know where they stand: the parser at hand gives no positions."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNIT = r"(?:ms|[smhdwy])"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    | (?P<comment>\#[^\n]*)
    | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
    | (?P<duration>(?:\d+{_UNIT})+(?![\w.]))
    | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[a-zA-Z_:][\w:]*)
    | (?P<operator>==|!=|>=|<=|=~|!~|[><=+\-*/%^@])
    | (?P<mark>[(){{}}\[\],:])""",
    re.VERBOSE,
)
_LABEL_LISTS = {"on", "ignoring", "by", "without", "group_left", "group_right"}
_CLOSING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Token:
    """A piece of an expression. `place` is the list that it stands in: "", "matchers", "range", or the word before a
    list of labels (`on`, `by`, ...)."""

    kind: str
    text: str
    start: int
    end: int
    place: str


def tokenize(expr: str) -> list[Token]:
    """The tokens without white space and comments. ValueError for what is not PromQL."""
    tokens: list[Token] = []
    places: list[tuple[str, str]] = []
    position = 0
    while position < len(expr):
        match = _TOKEN.match(expr, position)
        in_range = bool(places) and places[-1][1] == "range"
        if in_range and expr[position] == ":":
            kind, end = "mark", position + 1
        elif match is None:
            raise ValueError(f"unexpected {expr[position]!r} at {position} in: {expr}")
        else:
            kind, end = str(match.lastgroup), match.end()
        text = expr[position:end]
        if text in _CLOSING and kind == "mark":
            if not places or places.pop()[0] != _CLOSING[text]:
                raise ValueError(f"{text!r} at {position} closes nothing in: {expr}")
        if kind not in ("space", "comment"):
            tokens.append(Token(kind, text, position, end, places[-1][1] if places else ""))
        if kind == "mark" and text in "([{":
            places.append((text, _place_inside(text, tokens)))
        position = end
    if places:
        raise ValueError(f"{places[-1][0]!r} is never closed in: {expr}")
    return tokens


def _place_inside(opening: str, tokens: list[Token]) -> str:
    if opening == "{":
        return "matchers"
    if opening == "[":
        return "range"
    before = tokens[-2] if len(tokens) > 1 else None
    return before.text if before and before.kind == "word" and before.text in _LABEL_LISTS else ""


def replace(expr: str, start: int, end: int, text: str) -> str:
    """The expression with one stretch exchanged."""
    return expr[:start] + text + expr[end:]

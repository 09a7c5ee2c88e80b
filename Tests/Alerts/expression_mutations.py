"""The mutation operators on a PromQL expression. Each change is one that a person could make by mistake."""

from __future__ import annotations

import re
from typing import Iterator

from durations import scaled_durations
from promql_tokens import Token, replace, tokenize

Change = tuple[str, str]

COMPARISONS = {
    ">": ("<", ">="),
    "<": (">", "<="),
    ">=": ("<=", ">"),
    "<=": (">=", "<"),
    "==": ("!=",),
    "!=": ("==",),
}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*"}
MATCHERS = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
SETS = {"and": "unless", "unless": "and", "or": "and"}
# `count` becomes `max`: of a vector of ones, which is the usual case, `sum` would be the same.
AGGREGATORS = {
    "sum": "max",
    "max": "min",
    "min": "max",
    "avg": "max",
    "count": "max",
    "sum_over_time": "max_over_time",
    "max_over_time": "min_over_time",
    "min_over_time": "max_over_time",
    "avg_over_time": "max_over_time",
    "count_over_time": "max_over_time",
}
LABEL_LISTS = ("on", "ignoring", "by", "without", "group_left", "group_right")


def expression_mutants(expr: str) -> list[Change]:
    """What each mutation operator makes of the expression, as (description, new expression); none equals another."""
    tokens = tokenize(expr)
    found: dict[str, str] = {}
    for operator in (_comparisons, _numbers, _words, _arithmetic, _matchers, _labels, _durations):
        for change, text in operator(expr, tokens):
            found.setdefault(text, change)
    found.pop(expr, None)
    return [(change, text) for text, change in found.items()]


def _swap(expr: str, token: Token, other: str, what: str = "") -> Change:
    return f"{what}{token.text} -> {other}", replace(expr, token.start, token.end, other)


def _comparisons(expr: str, tokens: list[Token]) -> Iterator[Change]:
    for token in tokens:
        if token.kind == "operator" and token.place != "matchers":
            for other in COMPARISONS.get(token.text, ()):
                yield _swap(expr, token, other)


def _numbers(expr: str, tokens: list[Token]) -> Iterator[Change]:
    for index, token in enumerate(tokens):
        if token.kind == "number":
            beside = [tokens[at].text for at in (index - 1, index + 1) if 0 <= at < len(tokens)]
            for other in moved_number(token.text, is_factor=any(text in "+-*/%^" for text in beside)):
                yield _swap(expr, token, other, "number ")


def moved_number(text: str, is_factor: bool) -> list[str]:
    """A number moved a little: by a tenth, or by one where it is a small count (`>= 2.7` and `>= 3` are the same for a
    count); 0 and 1 become one another."""
    value = float(int(text, 16)) if text[:2].lower() == "0x" else float(text)
    if value in (0, 1):
        return ["1" if value == 0 else "0"]
    if value.is_integer() and value < 10 and not is_factor:
        return [f"{value - 1:.12g}", f"{value + 1:.12g}"]
    return [f"{value * 0.9:.12g}", f"{value * 1.1:.12g}"]


def _words(expr: str, tokens: list[Token]) -> Iterator[Change]:
    for index, token in enumerate(tokens):
        if token.kind != "word" or token.place == "matchers" or token.place in LABEL_LISTS:
            continue
        if token.text in SETS:
            yield _swap(expr, token, SETS[token.text])
        follower = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if token.text in AGGREGATORS and follower in ("(", "by", "without"):
            yield _swap(expr, token, AGGREGATORS[token.text])


def _arithmetic(expr: str, tokens: list[Token]) -> Iterator[Change]:
    for before, token in zip(tokens, tokens[1:]):
        ends_operand = before.kind in ("number", "duration") or before.text in (")", "]", "}")
        ends_operand = ends_operand or before.kind == "word" and before.text not in (*SETS, "offset", "bool")
        if token.kind == "operator" and token.text in ARITHMETIC and ends_operand:
            yield _swap(expr, token, ARITHMETIC[token.text])


def _matchers(expr: str, tokens: list[Token]) -> Iterator[Change]:
    for index, token in enumerate(tokens):
        if token.place != "matchers" or token.kind != "operator":
            continue
        label, value = tokens[index - 1], tokens[index + 1]
        shown = f"{label.text}{token.text}{value.text}"
        yield _swap(expr, token, MATCHERS[token.text], f"matcher {shown}: ")
        yield f"matcher {shown} dropped", _without(expr, tokens, index - 1, index + 1)
        if token.text in ("=~", "!~"):
            yield from _alternatives(expr, value)


def _alternatives(expr: str, value: Token) -> Iterator[Change]:
    for choice in re.finditer(r"\w+(?:\|\w+)+", value.text):
        names = choice[0].split("|")
        for name in names:
            left = "|".join(other for other in names if other != name)
            start = value.start + choice.start()
            yield f"alternative {name} dropped", replace(expr, start, start + len(choice[0]), left)


def _labels(expr: str, tokens: list[Token]) -> Iterator[Change]:
    for index, token in enumerate(tokens):
        if token.kind == "word" and token.place in LABEL_LISTS:
            yield f"{token.place} (...{token.text}...): dropped", _without(expr, tokens, index, index)


def _without(expr: str, tokens: list[Token], first: int, last: int) -> str:
    """The expression without some neighbouring members of a list, and without one comma beside them."""
    if last + 1 < len(tokens) and tokens[last + 1].text == ",":
        return replace(expr, tokens[first].start, tokens[last + 1].end, "")
    if tokens[first - 1].text == ",":
        return replace(expr, tokens[first - 1].start, tokens[last].end, "")
    return replace(expr, tokens[first].start, tokens[last].end, "")


def _durations(expr: str, tokens: list[Token]) -> Iterator[Change]:
    for before, token in zip(tokens, tokens[1:]):
        # The resolution of a subquery, after its colon, says how fine to look, not at what.
        if token.kind == "duration" and before.text != ":":
            for other in scaled_durations(token.text):
                yield _swap(expr, token, other, "duration ")

"""Checks JSON values against the type hints of the SDK's model classes, all the way down."""

from __future__ import annotations

import enum
import json
import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

Hint = Any


@cache
def key_hints(model: type) -> dict[str, Hint]:
    """The JSON keys of a model with the type hint of each.

    Attributes and keys are named differently (`range_val`, `range`), and only the code of `to_json` knows which is
    which. So a probe with a mark in each attribute is written out, and the marks tell.
    """
    hints = typing.get_type_hints(model)
    probe = model.__new__(model)
    names = {}
    for name in hints:
        mark = object()
        setattr(probe, name, mark)
        names[id(mark)] = name
    return {key: hints[names[id(mark)]] for key, mark in probe.to_json().items()}


def is_model(hint: Hint) -> bool:
    """Whether a hint is one of the SDK's classes that know how to write themselves."""
    return isinstance(hint, type) and hasattr(hint, "to_json")


def shown(value: Any) -> str:
    """A value as a message shows it: its type and, shortened, itself."""
    text = json.dumps(value)
    kind = {dict: "object", list: "list", type(None): "null"}.get(type(value), type(value).__name__)
    return f"{kind} {text if len(text) <= 40 else text[:37] + '...'}"


def described(hint: Hint) -> str:
    """A type hint in words."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(described(argument) for argument in arguments if argument is not type(None))
    if origin is typing.Literal:
        return "one of " + ", ".join(json.dumps(argument) for argument in arguments)
    if origin is not None:
        return f"{origin.__name__}[{', '.join(described(argument) for argument in arguments)}]"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "one of " + ", ".join(json.dumps(member.value) for member in hint)
    return getattr(hint, "__name__", str(hint))


def mismatches(value: Any, hint: Hint, path: str, replace: dict[type, type]) -> Iterator[str]:
    """All the places inside `value` that its hint does not allow, each as `path: expected ..., found ...`.

    `replace` says which concrete class stands for an abstract one (the queries of a panel).
    """
    hint = replace.get(hint, hint) if isinstance(hint, type) else hint
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in (object, Any):
        return
    if isinstance(hint, dict) or is_model(hint):
        yield from object_mismatches(value, hint, path, replace)
    elif origin in (typing.Union, types.UnionType):
        yield from union_mismatches(value, hint, path, replace)
    elif origin is list and isinstance(value, list):
        for index, item in enumerate(value):
            yield from mismatches(item, arguments[0], f"{path}[{index}]", replace)
    elif origin is dict and isinstance(value, dict):
        for key, item in value.items():
            yield from mismatches(item, arguments[1], f"{path}.{key}", replace)
    elif not is_of(value, hint, origin, arguments):
        yield f"{path}: expected {described(hint)}, found {shown(value)}"


def is_of(value: Any, hint: Hint, origin: Hint, arguments: tuple[Any, ...]) -> bool:
    """Whether a single value (no list, no object) is of the hinted type. True is not 1, and 1 is a float."""
    if origin is typing.Literal:
        return any(value == one and type(value) is type(one) for one in arguments)
    if origin is not None:
        return False
    if issubclass(hint, enum.Enum):
        return any(value == one.value and isinstance(value, bool) is False for one in hint)
    if hint is float:
        return type(value) in (int, float)
    return type(value) is hint


def object_mismatches(value: Any, hint: Hint, path: str, replace: dict[type, type]) -> Iterator[str]:
    """The same for an object with known keys: a model of the SDK, or a plain dictionary of hints."""
    name = hint.__name__ if is_model(hint) else "object"
    if not isinstance(value, dict):
        yield f"{path}: expected {name}, found {shown(value)}"
        return
    known = key_hints(hint) if is_model(hint) else hint
    for key, item in value.items():
        inner = f"{path}.{key}" if path else key
        if key in known:
            yield from mismatches(item, known[key], inner, replace)
        else:
            yield f"{inner}: unknown key; {name} has {', '.join(sorted(known)) or 'none'}"


def union_mismatches(value: Any, hint: Hint, path: str, replace: dict[type, type]) -> Iterator[str]:
    """The same where several types are allowed; objects are told apart by their `type`."""
    options = [argument for argument in typing.get_args(hint) if argument is not type(None)]
    if value is None and len(options) < len(typing.get_args(hint)):
        return
    if len(options) == 1:
        yield from mismatches(value, options[0], path, replace)
        return
    if isinstance(value, dict) and all(is_model(option) for option in options):
        by_type = {getattr(option(), "type_val", ""): option for option in options}
        # A class without a type of its own takes the rest: every panel that is not a row.
        chosen = by_type.get(value.get("type"), by_type.get(""))
        if chosen is None:
            names = ", ".join(json.dumps(name) for name in by_type)
            yield f"{path}.type: expected one of {names}, found {shown(value.get('type'))}"
        else:
            yield from mismatches(value, chosen, path, replace)
        return
    if not any(next(mismatches(value, option, path, replace), None) is None for option in options):
        yield f"{path}: expected {described(hint)}, found {shown(value)}"

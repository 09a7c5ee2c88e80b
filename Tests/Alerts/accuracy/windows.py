"""Functions over ranges of time, for a whole life at once.

A series is an array with one value for each step of time, NaN where there is none. A range of w steps at step t has the
samples t-w to t, both included, as in Prometheus 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def shift(values: Values, steps: int) -> Values:
    """The values of `steps` steps ago."""
    if steps == 0:
        return values
    moved = np.full_like(values, np.nan)
    moved[steps:] = values[:-steps]
    return moved


def latest(present: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each step, the last step up to it that is present; -1 if there is none."""
    return np.maximum.accumulate(np.where(present, np.arange(len(present)), -1))


def last(values: Values, width: int) -> Values:
    """last_over_time."""
    present = ~np.isnan(values)
    if present.all():
        return values
    at = latest(present)
    found = values[np.maximum(at, 0)]
    found[(at < 0) | (np.arange(len(values)) - at > width)] = np.nan
    return found


def _extreme(values: Values, width: int, choose: np.ufunc) -> Values:
    result, reach = values, 1
    while reach * 2 <= width + 1:
        result = choose(result, shift(result, reach))
        reach *= 2
    return choose(result, shift(result, width + 1 - reach))


def highest(values: Values, width: int) -> Values:
    """max_over_time."""
    return _extreme(values, width, np.fmax)


def lowest(values: Values, width: int) -> Values:
    """min_over_time."""
    return _extreme(values, width, np.fmin)


def _earlier(sums: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """The cumulative sums just before each window."""
    before = np.zeros_like(sums)
    before[width + 1 :] = sums[: -width - 1]
    return before


def count(values: Values, width: int) -> Values:
    """count_over_time."""
    sums = np.cumsum(~np.isnan(values), dtype=float)
    found = sums - _earlier(sums, width)
    return np.where(found > 0, found, np.nan)


def total(values: Values, width: int) -> Values:
    """sum_over_time."""
    sums = np.cumsum(np.nan_to_num(values))
    return np.where(np.isnan(count(values, width)), np.nan, sums - _earlier(sums, width))


def quantile(share: float, values: Values, width: int) -> Values:
    """quantile_over_time for series of zeros and ones: ValueError for others."""
    if not np.isin(values[~np.isnan(values)], (0, 1)).all():
        raise ValueError("quantile_over_time is known for series of 0 and 1 only")
    number = count(values, width)
    zeros = number - total(values, width)
    rank = share * (number - 1)
    lower = np.maximum(np.floor(rank), 0)
    upper = np.minimum(lower + 1, number - 1)
    weight = rank - np.floor(rank)
    result = (lower >= zeros) * (1 - weight) + (upper >= zeros) * weight
    return np.where(np.isnan(number), np.nan, result)


def _ends(values: Values, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """The first and the last sample of each window, and where there are two or more."""
    present = ~np.isnan(values)
    size = len(values)
    following = np.minimum.accumulate(np.where(present, np.arange(size), size)[::-1])[::-1]
    first = following[np.maximum(np.arange(size) - width, 0)]
    end = latest(present)
    return np.minimum(first, size - 1), np.maximum(end, 0), (end >= 0) & (first < end)


def _between(values: Values) -> tuple[NDArray[np.int64], Values, Values]:
    """Where samples are, their values, and those of the sample before each."""
    where = np.flatnonzero(~np.isnan(values))
    found = values[where]
    return where, found, np.concatenate((found[:1], found[:-1]))


def changes(values: Values, width: int) -> Values:
    """changes."""
    where, found, before = _between(values)
    changed = np.zeros(len(values))
    changed[where] = found != before
    sums = np.cumsum(changed)
    first, end, several = _ends(values, width)
    return np.where(several, sums[end] - sums[first], np.where(np.isnan(count(values, width)), np.nan, 0))


def increase(values: Values, width: int) -> Values:
    """increase, with the extrapolation of Prometheus; resets of the counter count."""
    where, found, before = _between(values)
    lost = np.zeros(len(values))
    lost[where] = np.where(found < before, before, 0)
    whole = values + np.cumsum(lost)
    first, end, several = _ends(values, width)
    number = count(values, width)
    steps = np.arange(len(values))
    with np.errstate(invalid="ignore", divide="ignore"):
        grown = whole[end] - whole[first]
        sampled = (end - first).astype(float)
        average = sampled / (number - 1)
        to_zero = np.where(grown > 0, sampled * (values[first] / grown), np.inf)
        # Before the first step of the life there is time too, without samples.
        to_start = np.minimum(first - (steps - width).astype(float), to_zero)
        to_end = (steps - end).astype(float)
        near = average * 1.1
        spread = sampled + np.where(to_start < near, to_start, average / 2) + np.where(to_end < near, to_end, average / 2)
        result = grown * (spread / sampled)
    return np.where(several, result, np.nan)


FUNCTIONS = {
    "last_over_time": last,
    "max_over_time": highest,
    "min_over_time": lowest,
    "count_over_time": count,
    "sum_over_time": total,
    "changes": changes,
    "increase": increase,
}

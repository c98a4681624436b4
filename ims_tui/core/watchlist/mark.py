"""Marks before the end of a job at which the operator wants to be told of it.

A mark is a percent, such as `90%`, or a time before the expected end, such as `10m`.
"""

from __future__ import annotations

from ims_tui.core.config.values import UnacceptableError, duration

USUAL = ("90%", "10m")
"""What a key offers."""

_TIME = duration(1.0)


def is_mark(text: str) -> bool:
    """Whether a text is a mark."""
    return percent_of(text) is not None or time_of_s(text) is not None


def percent_of(mark: str) -> int | None:
    """The percent of a mark, 1 to 99; None where it is a time."""
    digits = mark.removesuffix("%")
    if digits == mark or not (digits.isascii() and digits.isdecimal()):
        return None
    return int(digits) if len(digits) < 3 and 0 < int(digits) < 100 else None


def time_of_s(mark: str) -> float | None:
    """Seconds before the expected end; None where the mark is a percent."""
    try:
        seconds = _TIME.read(mark)
    except UnacceptableError:
        return None
    assert isinstance(seconds, float)
    return seconds


def mark_text(mark: str) -> str:
    """A mark in a sentence about a job that has reached it."""
    percent = percent_of(mark)
    if percent is None:
        return f"ends in {mark} or less"
    return f"is at {percent}% or more"

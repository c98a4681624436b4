"""Where a credential comes from, and how what was mended there is taken up."""

from __future__ import annotations

RELOAD = "then reload."
"""The end of a sentence: what a running program reads again."""


def is_fixed(source: str) -> bool:
    """Whether it stands in a variable, which no running process sees change."""
    return source.rpartition(", ")[2].startswith("environment ")


def again(source: str) -> str:
    """How what was mended at a source is taken up; the end of a sentence."""
    return "then start ims-tui again." if is_fixed(source) else RELOAD

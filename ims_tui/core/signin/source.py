"""Where a credential comes from, and how what was mended there is taken up."""

from __future__ import annotations

import re

RELOAD = "then reload."
"""The end of a sentence: what a running program reads again."""

START = "start ims-tui again."
"""The end of a sentence: what only a new start reads, as a variable."""

CORRECT_IT = f"Correct it and {START}"
"""What to do about a variable: no running process sees it change."""

NEEDS_START = " A variable such as IMS_TUI_TOKEN needs a new start."
"""A sentence behind `RELOAD`, where the credential may go into a variable."""

_TAKEN_UP = (
    rf",? then (?:reload|{START[:-1]})(?:; for [^.]*)?(?=\.)|{re.escape(NEEDS_START)}"
)


def is_fixed(source: str) -> bool:
    """Whether it stands in a variable, which no running process sees change."""
    return source.rpartition(", ")[2].startswith("environment ")


def again(source: str, *, may_be_elsewhere: bool = False) -> str:
    """How what was mended at a source is taken up; the end of a sentence.

    Args:
        source: where the credential comes from.
        may_be_elsewhere: what is wrong may be mended outside of it, such as a key that
            is not active.
    """
    if not is_fixed(source):
        return RELOAD
    if may_be_elsewhere:
        return f"then reload; for another value of a variable, {START}"
    return f"then {START}"


def for_commands(remedy: str) -> str:
    """A remedy for a command, which ends: there is nothing to reload."""
    return re.sub(_TAKEN_UP, "", remedy)

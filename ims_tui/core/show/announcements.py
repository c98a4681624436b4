"""What the screen says of itself: of copying, pages, themes and its own faults."""

from __future__ import annotations

from collections.abc import Iterable

_INSTEAD = "Y, then f, writes to a file."

COPYING_OFF = f"Copying is off (ui.clipboard). {_INSTEAD}"
NO_TOOL = "no clipboard tool works here"
"""Why nothing is copied; a part of `not_copied`."""

READ_AGAIN = "Configuration and credentials are read again."


def copied(what: str, ways: Iterable[str]) -> str:
    """That a text is in the clipboard, and how it came there."""
    return f"Copied {what} through {' and '.join(ways)}."


def not_copied(what: str, problem: str) -> str:
    """That a text is not in the clipboard, and what to do."""
    return f"Not copied: {what}; {problem}. {_INSTEAD}"


def too_long(problem: str) -> str:
    """Why the terminal did not take a text; a part of `not_copied`."""
    return f"the terminal takes no more ({problem})"


def opened(what: str) -> str:
    """That a page is in the browser."""
    return f"The browser opens {what}."


def no_theme(wanted: str, themes: Iterable[str]) -> str:
    """That there is no such theme, and which there are."""
    return f"There is no theme {wanted}; there are {', '.join(sorted(themes))}."


def own_fault(name: str) -> str:
    """That the program itself failed, and where to read more."""
    return f"A fault of ims-tui: {name}, see the log (L)"


def not_saved(problem: str) -> str:
    """That a change is not in the list's file, and why."""
    return f"Changed here only. Not saved: {problem}"


def reply_unread(why: str) -> str:
    """That a stored reply is not shown, and why."""
    return f"The stored reply cannot be read: {why}"

"""Which characters the operator's locale can write, by its variables."""

from __future__ import annotations

from collections.abc import Mapping

_OF_PYTHON = ("C.UTF-8", "C.utf8")
"""Python sets LC_CTYPE to one of these where the locale is C (PEP 538)."""


def is_utf8(environ: Mapping[str, str]) -> bool:
    """Whether the locale is one of UTF-8.

    LC_ALL counts before LC_CTYPE, and that before LANG; where none is set the locale
    is C (POSIX, Base Definitions 8.2), which promises ASCII and no more.
    """
    names = [environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    if names[1] in _OF_PYTHON:  # if the operator set it, LANG says the same
        names[1] = ""
    locale = next(filter(None, names), "C")
    _, dot, charset = locale.partition("@")[0].partition(".")
    return names_utf8(charset if dot else locale)  # macOS has a locale `UTF-8`


def names_utf8(charset: str) -> bool:
    """Whether a name of a character set means UTF-8."""
    return charset.lower().replace("-", "") == "utf8"

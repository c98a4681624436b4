"""A fault of ours that lasts: a loop of the program that dies and is started again."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class LoopFault(Struct, frozen=True):
    """A loop that died: its name, the reason, how often since it last ran well."""

    what: str
    """The work that is held up, such as `saving`."""
    why: str
    """The kind of the exception."""
    since: datetime
    count: int = 1

"""How urgent a line is, as syslog(3) counts: for who reads the journal by priority."""

from __future__ import annotations

from enum import IntEnum


class Priority(IntEnum):
    """Priorities of syslog(3) that we use."""

    ERROR = 3
    WARNING = 4
    INFO = 6

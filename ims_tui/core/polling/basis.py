"""What a time left rests on."""

from __future__ import annotations

from enum import StrEnum


class Basis(StrEnum):
    """What a time left rests on."""

    HISTORY = "history"
    PERCENT = "percent"
    TOTAL = "total"
    NONE = "none"

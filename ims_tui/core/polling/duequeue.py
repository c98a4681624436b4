"""A queue of keys ordered by due time.

A sorted list, not a heap, since the screen asks how many come before a job: its place
is found by bisection. Changes are gathered until someone asks; a few are worked into
the list one by one, many at once by sorting it anew.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

_FEW = 100
"""Changes up to which moving each is cheaper than to sort 10,000 anew."""


class DueQueue(Generic[K]):
    """Keys ordered by due time; first in, first out where due times are equal."""

    def __init__(self) -> None:
        self._marks: dict[K, tuple[float, int]] = {}
        """Due time and ticket of each key that waits."""
        self._line: list[tuple[float, int, K]] = []
        """Those marks sorted, without the changes in `_stale`."""
        self._stale: dict[K, tuple[float, int] | None] = {}
        """Keys changed since then, with their marks in the line."""
        self._ticket = 0

    def put(self, key: K, due: float) -> None:
        """Let a key wait until it is due, whatever it waited for."""
        self._stale.setdefault(key, self._marks.get(key))
        self._ticket += 1
        self._marks[key] = due, self._ticket

    def discard(self, key: K) -> None:
        """Let a key wait no longer, if it does."""
        mark = self._marks.pop(key, None)
        if mark is not None:
            self._stale.setdefault(key, mark)

    @property
    def first(self) -> tuple[float, K] | None:
        """Due time and key of who is next; None if nobody waits."""
        line = self._settled()
        if not line:
            return None
        due, _, key = line[0]
        return due, key

    def place(self, key: K) -> int | None:
        """How many come before a key; None if it does not wait."""
        mark = self._marks.get(key)
        return None if mark is None else bisect_left(self._settled(), mark)

    def _settled(self) -> list[tuple[float, int, K]]:
        """The line with all changes."""
        if len(self._stale) > _FEW:
            self._line = sorted((*mark, key) for key, mark in self._marks.items())
        else:
            for key, before in self._stale.items():
                if before is not None:
                    del self._line[bisect_left(self._line, before)]
                if (mark := self._marks.get(key)) is not None:
                    insort(self._line, (*mark, key))
        self._stale.clear()
        return self._line

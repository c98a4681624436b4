"""Values that keep some of their fields out of their text."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class Discreet(Struct, frozen=True):
    """A value whose `repr` leaves out the fields named in `hidden`.

    They hold secrets, or so much that nobody wants it in a log or a traceback.
    """

    hidden: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        """The fields that may be shown, as of any other value."""
        shown = (
            f"{name}={getattr(self, name)!r}"
            for name in self.__struct_fields__
            if name not in self.hidden
        )
        return f"{type(self).__qualname__}({', '.join(shown)})"

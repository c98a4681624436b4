"""Names that other rooms own and settings refer to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct


class Vocabulary(Struct, frozen=True):
    """Names that settings may refer to; None: not checked."""

    actions: Collection[str] | None = None
    columns: Collection[str] | None = None
    themes: Collection[str] | None = None
    clashes: Callable[[Mapping[str, str]], Mapping[str, Sequence[str]]] | None = None
    """The actions of each key that a `[keys]` gives to one while another has it."""

    filter_problem: Callable[[str], str] | None = None
    """Why a text is no filter of the table; empty where it is one."""

    @property
    def orders(self) -> Collection[str] | None:
        """What rows are sorted by."""
        return None if self.columns is None else ("attention", *self.columns)

    @property
    def looks(self) -> Collection[str] | None:
        """What `ui.theme` may say."""
        return None if self.themes is None else ("auto", *self.themes)

"""What dialogs show, as values: a form, a menu, a checklist, a page, a listing.

Commands make them and hand them to the desk; no widget needs to be loaded for that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec import Struct

from ims_tui.core.show import texts
from ims_tui.core.show.pages import ListingItem
from ims_tui.core.show.view import Line

Values = Mapping[str, str]
"""What stands in the fields of a form, by their names."""


class Field(Struct, frozen=True):
    """One field of a form."""

    name: str
    words: str
    value: str = ""
    hint: str = ""
    """Shown while the field is empty."""
    choices: tuple[str, ...] = ()
    """Where given, the value is one of these."""


class Form(Struct, frozen=True):
    """What to ask, and what becomes of the answer."""

    title: str
    fields: Sequence[Field]
    verb: str
    done: Callable[[Values], Awaitable[str]]
    """Takes the values; returns why the form stays open, or nothing."""
    intro: str = ""
    tell: Callable[[Values], str] | None = None
    """A line about the values, as they are typed."""


class Item(Struct, frozen=True):
    """One thing to choose."""

    name: str
    words: str
    key: str = ""
    """A key that chooses it at once, or, in a searched menu, is only shown."""
    note: str = ""
    """Shown behind the words."""


class Menu(Struct, frozen=True):
    """What to choose from, and what becomes of the choice."""

    title: str
    items: Sequence[Item]
    done: Callable[[str], None]
    verb: str = texts.CHOOSE
    at: str = ""
    """Name of the item where the cursor begins."""
    is_searched: bool = False
    look: Callable[[str], None] | None = None
    """Called with the item under the cursor, and with `at` when nothing is chosen."""


class Check(Struct, frozen=True):
    """One thing that is on or off."""

    name: str
    words: str
    """May have several lines."""
    is_on: bool
    mark: str = ""
    """Stands behind the box, such as for the default."""


class Checklist(Struct, frozen=True):
    """What there is, and whom to tell of every change."""

    title: str
    checks: Sequence[Check]
    changed: Callable[[Sequence[Check]], None]
    is_ordered: bool = False
    take: Callable[[str], None] | None = None
    """What enter does with the one under the cursor, where it does anything."""
    take_words: str = ""
    reset: Callable[[], Sequence[Check]] | None = None
    """The usual state, for the key that goes back to it."""


class Page(Struct, frozen=True):
    """What to read."""

    title: str
    lines: Callable[[], Sequence[Line]]
    """Called again and again while the page is open."""
    is_searched: bool = False
    """Whether typing searches at once; else `/` begins a search."""
    is_read_from_end: bool = False
    """Then it follows what comes, until one scrolls up."""
    head: Callable[[bool], Sequence[Line]] | None = None
    """What stays above the lines; it is told whether they are followed."""
    turn: Callable[[], None] | None = None
    """Shows the lines of another level."""


class WallPage(Struct, frozen=True):
    """What a screen shows that nobody types at."""

    lines: Callable[[int, int], Sequence[Line]]
    """What fits so many columns and rows; called each second."""


class Listing(Struct, frozen=True):
    """What to read with a cursor, and where enter leads."""

    title: str
    told: Callable[[int], Sequence[ListingItem]]
    """What fits a width; called again and again."""
    done: Callable[[ListingItem], None]
    empty: str
    """Said where there is nothing."""
    verb: str = texts.GO_TO_JOB
    head: Line = ()
    """Stays above."""
    turn: Callable[[], str] | None = None
    """Sorts by something else; returns the title then."""


Contents = Form | Menu | Checklist | Page | WallPage | Listing
"""What a dialog is opened with; each kind has one."""

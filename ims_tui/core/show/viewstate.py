"""What the operator chose to see, as text that survives a restart.

Only what differs from the settings is kept, so a changed config.toml counts at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field
from msgspec.json import encode
from msgspec.structs import replace

from ims_tui.core.config.settings import UiSettings
from ims_tui.core.show.columns import COLUMNS
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.grouping import MOST_TURNED, GroupBy, Grouping
from ims_tui.core.show.rows import ATTENTION, Choice, parse_sort
from ims_tui.core.show.view import Times
from ims_tui.core.state.order import Facet
from ims_tui.core.state.stored_value import stored_json


class Tab(StrEnum):
    """The tabs of the detail."""

    SUMMARY = "Summary"
    ENTITIES = "Entities"
    TIMELINE = "Timeline"
    RAW = "Raw"


class Looks(Struct, frozen=True):
    """Everything about the screen that is kept."""

    choice: Choice = field(default_factory=Choice)
    columns: tuple[str, ...] = ()
    """Empty: the usual ones."""
    times: Times = Times.ELAPSED
    tab: Tab = Tab.SUMMARY
    has_gantt: bool = True
    """Whether the last hours are drawn, where there is room."""
    theme: str = "auto"


_SHOWN = ("hidden", "shown")
_FOLDS = ("none", "all")
"""Which groups are folded, but for some."""


def looks_of(ui: UiSettings) -> Looks:
    """The looks that the settings ask for; what they misspell is left out."""
    columns = tuple(key for key in ui.columns if key in COLUMNS)
    looks = Looks(columns=columns, theme=ui.theme)
    given = {"facet": ui.default_facet, "sort": ui.sort, "times": ui.times}
    return _with(looks, given)


def to_state(looks: Looks, ui: UiSettings) -> dict[str, str]:
    """Name and text of each choice; empty where it is as the settings say."""
    mine, usual = _texts(looks), _texts(looks_of(ui))
    kept = {name: "" if usual[name] == text else text for name, text in mine.items()}
    if kept["theme"]:  # only while the setting, or the option, is as it was then
        kept["theme"] += f" instead of {ui.theme}"
    return kept


def from_state(state: Mapping[str, str], ui: UiSettings) -> Looks:
    """The looks of the last run; what cannot be read is as the settings say."""
    looks = _with(looks_of(ui), state)
    theme, _, setting = state.get("theme", "").partition(" instead of ")
    return replace(looks, theme=theme) if theme and setting == ui.theme else looks


def sort_text(choice: Choice) -> str:
    """The order as the settings write it: `attention`, `-started`."""
    return f"-{choice.sort}" if choice.descending else choice.sort


def order_text(choice: Choice) -> str:
    """The order in words: unsorted, the archive goes by the end of its jobs."""
    if choice.is_archive and choice.sort == ATTENTION:
        return "earliest end" if choice.descending else "latest end"
    return sort_text(choice)


def _texts(looks: Looks) -> dict[str, str]:
    choice = looks.choice
    return {
        "facet": choice.facet.value,
        "filter": choice.filter.text,
        "sort": sort_text(choice),
        "hidden": encode(sorted(choice.hidden_profiles)).decode(),
        "columns": ",".join(looks.columns),
        "group": choice.grouping.by or "",
        "folded": _folds_text(choice.grouping),
        "times": looks.times.value,
        "tab": looks.tab.value,
        "gantt": _SHOWN[looks.has_gantt],
        "theme": looks.theme,
    }


def _with(looks: Looks, given: Mapping[str, str]) -> Looks:
    choice = looks.choice
    if given.get("facet") in list(Facet):
        choice = replace(choice, facet=Facet(given["facet"]))
    if given.get("filter"):
        choice = replace(choice, filter=parse_filter(given["filter"]))
    choice = replace(
        _sorted(choice, given.get("sort", "")),
        hidden_profiles=frozenset(_listed(given.get("hidden", "")))
        or choice.hidden_profiles,
        grouping=_grouping(given.get("group", ""), given.get("folded", "")),
    )
    columns = tuple(k for k in given.get("columns", "").split(",") if k in COLUMNS)
    times, tab = given.get("times"), given.get("tab")
    return Looks(
        choice,
        columns or looks.columns,
        Times(times) if times in list(Times) else looks.times,
        Tab(tab) if tab in list(Tab) else looks.tab,
        given.get("gantt") != _SHOWN[False],
        looks.theme,
    )


def _sorted(choice: Choice, text: str) -> Choice:
    try:
        sort, descending = parse_sort(text or ATTENTION)
    except ValueError:
        return choice
    return replace(choice, sort=sort, descending=descending) if text else choice


def _listed(text: str) -> Sequence[str]:
    try:
        names = stored_json(text or "[]")
    except ValueError:
        return ()
    return tuple(map(str, names)) if isinstance(names, list) else ()


def _folds_text(grouping: Grouping) -> str:
    """`["all", "weekly"]`: all are folded but these, else only these; or empty."""
    folds = (_FOLDS[grouping.are_folded], *grouping.turned)
    return "" if folds == _FOLDS[:1] else encode(folds).decode()


def _grouping(by: str, folds: str) -> Grouping:
    if by not in list(GroupBy):
        return Grouping()
    first, *turned = _listed(folds) or _FOLDS[:1]
    return Grouping(GroupBy(by), first == _FOLDS[True], tuple(turned[-MOST_TURNED:]))

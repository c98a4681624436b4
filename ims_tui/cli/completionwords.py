"""What a shell may offer for a word that is being typed; nothing is asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ims_tui.cli.call import Call
from ims_tui.core.errors import ImsTuiError
from ims_tui.core.watchlist.watch import Watch
from ims_tui.wiring import all_themes, known_codes, saved_list

OF_OPTIONS = {
    "--profile": "profiles",
    "--tag": "tags",
    "--columns": "columns",
    "--sort": "sort",
    "--state": "states",
    "--theme": "themes",
}
"""What the values of options are words of."""


def words(call: Call, kind: str, typed: str) -> list[str]:
    """Words of a kind; none where the files cannot be read.

    Args:
        call: the call of the program.
        kind: a key of the table below.
        typed: the word so far.
    """
    make = _KINDS.get(kind)
    try:
        found = list(make(call, typed)) if make else []
    except ImsTuiError:
        return []  # a key press is not the place to complain
    return [word for word in dict.fromkeys(found) if word and word.isprintable()]


def _watches(call: Call) -> Sequence[Watch]:
    return saved_list(call.setup.places).watch_file.load().watches


def _jobs(call: Call, _typed: str) -> Iterator[str]:
    watches = _watches(call)
    yield from (watch.label for watch in watches)
    yield from (watch.job_id for watch in watches)


def _explained(call: Call, typed: str) -> Iterator[str]:
    if "." in typed:  # there are hundreds
        yield from known_codes()
    yield from _jobs(call, typed)


def _tags(call: Call, _typed: str) -> Iterator[str]:
    yield from sorted({tag for watch in _watches(call) for tag in watch.tags})


def _profiles(call: Call, _typed: str) -> Iterator[str]:
    yield from call.setup.files.load().settings.profiles


def _themes(call: Call, _typed: str) -> Iterator[str]:
    yield "auto"
    yield from sorted(theme.name for theme in all_themes(call.setup.places)[0])


def _columns(_call: Call, typed: str) -> Iterator[str]:
    """The list so far with one more column."""
    from ims_tui.core.show.columns import COLUMNS

    before, comma, _ = typed.rpartition(",")
    there = before.split(",")
    yield from (f"{before}{comma}{name}" for name in COLUMNS if name not in there)


def _sort(_call: Call, typed: str) -> Iterator[str]:
    from ims_tui.core.show.columns import COLUMNS
    from ims_tui.core.show.rows import ATTENTION

    sign = "-" if typed.startswith("-") else ""
    yield from (f"{sign}{name}" for name in (ATTENTION, *COLUMNS))


def _states(_call: Call, _typed: str) -> Iterator[str]:
    from ims_tui.cli.table import STATES

    yield from STATES


_KINDS: Mapping[str, Callable[[Call, str], Iterator[str]]] = {
    "jobs": _jobs,
    "explain": _explained,
    "profiles": _profiles,
    "tags": _tags,
    "columns": _columns,
    "sort": _sort,
    "states": _states,
    "themes": _themes,
}

"""How many jobs stand how, kept with every change of a job.

Jobs that look alike to every count are one group. There are few groups however many
jobs there are, so that a change is two steps and a number is a short sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from enum import StrEnum

from msgspec import Struct, field

from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import (
    FACETS,
    Facet,
    is_new_failure,
    is_new_success,
    is_refused,
)


class Trait(StrEnum):
    """What is counted of a job besides the facets it is in."""

    RUNNING = "is running"
    WAITING = "is waiting"
    STALLED = "is stalled"
    ERROR = "cannot be asked about"
    UNANSWERED = "is active and its last answer was of no use"
    REFUSED = "is active and gets no usable answer until something changes"
    GONE = "is not known to the service any more"
    FAILED_PART = "goes on and a sub-job failed"
    CHECKED = "is active and was asked about"
    NEWS = "is a new result"
    BAD_NEWS = "is a new failure"
    GOOD_NEWS = "is a new success"


class _Group(Struct, frozen=True):
    """All that a count may depend on."""

    profile: str
    lane: str
    status: JobStatus | None
    is_news: bool
    is_stalled: bool
    is_gone: bool
    is_unanswered: bool
    is_checked: bool
    has_failed_part: bool
    is_refused: bool


class Tally(Struct):
    """The numbers of some jobs."""

    _counts: Counter[_Group] = field(default_factory=Counter)
    _kinds: dict[_Group, Set[Facet | Trait]] = field(default_factory=dict)

    def __getitem__(self, kind: Facet | Trait) -> int:
        kinds = self._kinds
        return sum(n for group, n in self._counts.items() if kind in kinds[group])

    def of(self, kind: Facet | Trait, lane: str) -> int:
        """How many jobs of one lane are of this kind."""
        kinds = self._kinds
        counted = self._counts.items()
        return sum(n for g, n in counted if g.lane == lane and kind in kinds[g])

    @property
    def profiles(self) -> Set[str]:
        """Profiles that there are jobs of."""
        return {group.profile for group, count in self._counts.items() if count}

    def move(self, before: Entry | None, after: Entry | None) -> None:
        """Count a job anew that changed, came (nothing before) or went."""
        old = _group(before) if before is not None else None
        new = _group(after) if after is not None else None
        if old == new:
            return
        if old is not None:
            self._counts[old] -= 1
        if new is not None and after is not None:
            self._counts[new] += 1
            if new not in self._kinds:
                self._kinds[new] = {*_facets(after), *_traits(after)}

    def copy(self) -> Tally:
        """The numbers of now, which do not change any more."""
        return Tally(self._counts.copy(), self._kinds)


def tally(entries: Iterable[Entry]) -> Tally:
    """Count jobs."""
    counted = Tally()
    for entry in entries:
        counted.move(None, entry)
    return counted


def _group(entry: Entry) -> _Group:
    return _Group(
        entry.watch.profile,
        entry.watch.lane,
        entry.status,
        entry.is_news,
        entry.is_stalled,
        entry.is_gone,
        _is_unanswered(entry),
        entry.polls > 0 and not entry.is_stored,
        entry.has_failed_part,
        is_refused(entry),
    )


def _is_unanswered(entry: Entry) -> bool:
    """Whether the last poll failed; a pause that the service asks for says nothing."""
    return entry.failure is not None and not entry.is_put_off


def _facets(entry: Entry) -> Iterator[Facet]:
    return (facet for facet, is_in in FACETS.items() if is_in(entry))


def _traits(entry: Entry) -> Iterator[Trait]:
    if entry.is_news:
        yield Trait.NEWS
    if is_new_failure(entry):
        yield Trait.BAD_NEWS
    if is_new_success(entry):
        yield Trait.GOOD_NEWS
    if entry.has_ended:
        return
    if not (_is_unanswered(entry) or entry.is_gone):
        yield from _stage(entry)
    else:
        yield from _faults(entry)
    if entry.is_stalled:
        yield Trait.STALLED
    if entry.has_failed_part:
        yield Trait.FAILED_PART
    if entry.is_live and entry.polls and not entry.is_stored:
        yield Trait.CHECKED


def _stage(entry: Entry) -> Iterator[Trait]:
    """How far a job is, as of an answer that is of use."""
    if entry.status is JobStatus.INIT:
        yield Trait.WAITING
    elif entry.status is not None:
        yield Trait.RUNNING


def _faults(entry: Entry) -> Iterator[Trait]:
    """What is wrong with the answers about a job."""
    yield Trait.ERROR
    yield Trait.GONE if entry.is_gone else Trait.UNANSWERED
    if is_refused(entry) and not entry.is_gone:
        yield Trait.REFUSED

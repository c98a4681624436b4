"""How many jobs stand how: counted once, then kept with every change of a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ims_tui.core.entry import Entry
from ims_tui.core.job import JobStatus
from ims_tui.core.order import FACETS, Facet


class Trait(StrEnum):
    """What is counted of a job besides the facets it is in."""

    RUNNING = "is running"
    WAITING = "is waiting"
    STALLED = "is stalled"
    ERROR = "cannot be asked about"
    CHECKED = "is active and was asked about"
    NEWS = "is a new result"
    BAD_NEWS = "is a new failure"


@dataclass(slots=True)
class Tally:
    """The numbers of some jobs."""

    numbers: Counter[Facet | Trait] = field(default_factory=Counter)
    profiles: Counter[str] = field(default_factory=Counter)

    def __getitem__(self, kind: Facet | Trait) -> int:
        return self.numbers[kind]

    def move(self, before: Entry | None, after: Entry | None) -> None:
        """Count a job anew that changed, came (nothing before) or went."""
        old, new = _kinds(before), _kinds(after)
        if old != new:
            self.numbers.subtract(old)
            self.numbers.update(new)
        if before is None and after is not None:
            self.profiles[after.watch.profile] += 1
        elif before is not None and after is None:
            self.profiles[before.watch.profile] -= 1
            self.profiles += Counter()  # without those that no job is left of

    def copy(self) -> Tally:
        """The numbers of now, which do not change any more."""
        return Tally(self.numbers.copy(), self.profiles.copy())


def tally(entries: Iterable[Entry]) -> Tally:
    """Count jobs."""
    counted = Tally()
    for entry in entries:
        counted.move(None, entry)
    return counted


def _kinds(entry: Entry | None) -> list[Facet | Trait]:
    return [] if entry is None else [*_facets(entry), *_traits(entry)]


def _facets(entry: Entry) -> Iterator[Facet]:
    return (facet for facet, is_in in FACETS.items() if is_in(entry))


def _traits(entry: Entry) -> Iterator[Trait]:
    if entry.is_news:
        yield Trait.NEWS
        if entry.status is JobStatus.FAIL:
            yield Trait.BAD_NEWS
    if entry.has_ended:
        return
    if entry.status is JobStatus.INIT:
        yield Trait.WAITING
    elif entry.status is not None:
        yield Trait.RUNNING
    if entry.is_stalled:
        yield Trait.STALLED
    if entry.failure is not None or entry.is_gone:
        yield Trait.ERROR
    if entry.is_live and entry.polls and not entry.is_stored:
        yield Trait.CHECKED

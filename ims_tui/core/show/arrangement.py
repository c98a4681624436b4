"""The rows of the table: jobs in order, or under the heads of their groups."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from ims_tui.core.show.grouping import GroupBy, Grouping, GroupKey, Membership, Standing
from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import JobKey

RowKey = JobKey | GroupKey
"""Identifies what a row shows: a job, or a group as its head does. A job with several
tags has a row in each of their groups."""

GroupsOf = Callable[[JobKey, Entry], Membership]
"""What gives the groups of a job."""


class Arrangement(Struct, frozen=True):
    """The rows in order."""

    rows: Sequence[RowKey] = ()
    jobs: Sequence[JobKey] = ()
    """Each once, in the order without groups, also those that are folded away."""
    by: GroupBy | None = None
    groups: Mapping[GroupKey, Sequence[JobKey]] = field(default_factory=dict)
    """The jobs of each group in the order of the table, the worst group first."""
    places: Mapping[GroupKey, int] = field(default_factory=dict)
    """The row of the head of each group."""
    worst: Mapping[GroupKey, JobKey | None] = field(default_factory=dict)
    """The job of each group that needs a person most; of several the first."""

    @property
    def extra_rows(self) -> int:
        """How many rows groups add to one for each job, where none is folded."""
        if not self.groups:
            return 0
        return len(self.groups) + sum(map(len, self.groups.values())) - len(self.jobs)

    def group_at(self, place: int) -> GroupKey | None:
        """The group in which a row stands; None where there are no groups."""
        number = bisect_right(list(self.places.values()), place)
        return list(self.places)[number - 1] if number else None

    def head_of(self, place: int) -> int:
        """The row of the head of the group in which a row stands; itself without."""
        group = self.group_at(place)
        return place if group is None else self.places[group]

    def jobs_of(self, row: RowKey | None) -> Sequence[JobKey]:
        """The jobs that a row is about."""
        if isinstance(row, GroupKey):
            return self.groups.get(row, ())
        return () if row is None else (row,)

    def is_folded(self, row: RowKey) -> bool:
        """Whether a row is the head of a group whose jobs are folded away."""
        if not isinstance(row, GroupKey) or row not in self.places:
            return False
        behind = self.places[row] + 1
        return behind == len(self.rows) or isinstance(self.rows[behind], GroupKey)

    def turning(self, row: RowKey | None) -> str:
        """What opening a row does to its group, for the key line; of a job nothing."""
        if not isinstance(row, GroupKey):
            return ""
        return "Unfold" if self.is_folded(row) else "Fold"

    def place_of(self, row: RowKey | None, group: GroupKey | None = None) -> int | None:
        """The row of a job or a group; of a job that is folded away that of the head.

        Looked for, since a place for each would cost 10 MB.

        Args:
            row: the job or the group.
            group: where a job is in several, the one in which it is looked for first.
        """
        if isinstance(row, GroupKey):
            return self.places.get(row)
        start = 0
        if group is not None and row in self.groups.get(group, ()):
            start = self.places[group]
            if self.is_folded(group):
                return start
        try:
            return self.rows.index(row, start) if row is not None else None
        except ValueError:
            head = self.folded_group(row) if row is not None else None
            return None if head is None else self.places[head]

    def folded_group(self, key: JobKey) -> GroupKey | None:
        """The first group of a job that is folded away in all; else None."""
        own = [group for group, jobs in self.groups.items() if key in jobs]
        return own[0] if own and all(map(self.is_folded, own)) else None

    def title_of(self, row: RowKey | None) -> str:
        """What a group is called; empty of a job."""
        if not isinstance(row, GroupKey) or self.by is None:
            return ""
        return row.title(self.by)

    def jobs_between(self, first: int, last: int) -> Iterator[JobKey]:
        """The jobs of some rows; of a head those that are folded away below it."""
        for row in self.rows[first : last + 1]:
            if not isinstance(row, GroupKey) or self.is_folded(row):
                yield from self.jobs_of(row)

    def jobs_from(self, place: int) -> Iterator[JobKey]:
        """The jobs from a row on and past the end around, also those folded away."""
        yield from self.jobs_between(place, len(self.rows))
        yield from self.jobs_between(0, place - 1)


def arrange(
    jobs: Sequence[JobKey],
    entries: Mapping[JobKey, Entry],
    grouping: Grouping,
    groups_of: GroupsOf,
) -> Arrangement:
    """Put jobs under the heads of their groups.

    Args:
        jobs: those that are shown, in the order that each group keeps.
        entries: what is known of them.
        grouping: what the operator wants.
        groups_of: the membership of a job.
    """
    if grouping.by is None:
        return Arrangement(jobs, jobs)
    groups: dict[GroupKey, list[JobKey]] = {}
    standings: dict[GroupKey, Standing] = {}
    for key in jobs:
        member = groups_of(key, entries[key])
        for group in member.groups:
            if group not in groups:
                groups[group], standings[group] = [], Standing()
            groups[group].append(key)
            standings[group].add(key, member)
    rows: list[RowKey] = []
    places = {}
    order = sorted(groups, key=lambda group: standings[group].place(group))
    for group in order:
        places[group] = len(rows)
        rows.append(group)
        if not grouping.is_folded(group):
            rows += groups[group]
    by_group = {group: groups[group] for group in order}
    worst = {group: standing.worst for group, standing in standings.items()}
    return Arrangement(rows, jobs, grouping.by, by_group, places, worst)

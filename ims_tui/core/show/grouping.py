"""How jobs are grouped: by what, under which name, which group comes first, and what
is folded. The table, `list --group` and `wait --tag` know no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.jobtypes import plain_type
from ims_tui.core.state.entry import Entry, error_code, fail_reason
from ims_tui.core.state.order import rank_of

NO_CAUSE = "no cause stated"
"""The cause of a failure of which the service says neither code nor reason."""

MOST_TURNED = 200
"""Groups of which it is remembered that they are folded, or are not, unlike the rest;
of more the oldest are forgotten."""


class GroupBy(StrEnum):
    """What the jobs of a group have in common."""

    TAG = "tag"
    TYPE = "type"
    PROFILE = "profile"
    CAUSE = "cause"


_REST = {
    GroupBy.TAG: "no tag",
    GroupBy.TYPE: "no type yet",
    GroupBy.PROFILE: "no profile",
    GroupBy.CAUSE: "no failure",
}


class GroupKey(Struct, frozen=True, order=True):
    """Identifies a group among those of one kind. No tuple: no job is equal to it."""

    name: str
    """Empty: the jobs that are in no other group."""

    def title(self, by: GroupBy) -> str:
        """What the group is called."""
        return self.name or _REST[by]


class Membership(Struct, frozen=True):
    """What grouping needs of one job."""

    groups: Sequence[GroupKey]
    """At least one; of each tag that it has."""
    rank: int
    """Of the attention order: the lowest is the worst."""
    has_failed: bool


class Grouping(Struct, frozen=True):
    """How the operator wants the rows grouped."""

    by: GroupBy | None = None
    """None: not at all."""
    are_folded: bool = False
    """Whether groups are folded, also those that are still to come."""
    turned: tuple[str, ...] = ()
    """Names of the groups of which the opposite holds, the latest last."""

    def turn(self, key: GroupKey) -> Grouping:
        """With one group folded, or unfolded where it was folded."""
        rest = tuple(name for name in self.turned if name != key.name)
        kept = rest if key.name in self.turned else (*rest, key.name)
        return replace(self, turned=kept[-MOST_TURNED:])

    def is_folded(self, key: GroupKey) -> bool:
        """Whether the jobs of a group are folded away."""
        return (key.name in self.turned) is not self.are_folded


class Standing:
    """How bad the jobs of a group are, as they come in."""

    def __init__(self) -> None:
        self.rank = 99
        self.failed = 0

    def add(self, member: Membership) -> None:
        """One more job."""
        self.rank = min(self.rank, member.rank)
        self.failed += member.has_failed

    def place(self, key: GroupKey) -> tuple[bool, int, int, str, str]:
        """Sort key: the rest last, the worst state first, then the most failures.

        Not times: groups of running jobs would swap each time one gets ahead.
        """
        return not key.name, self.rank, -self.failed, key.name.casefold(), key.name


def membership(by: GroupBy) -> Callable[[Entry], Membership]:
    """What gives the groups of a job."""
    names_of = _NAMES[by]

    def of(entry: Entry) -> Membership:
        keys = [GroupKey(name) for name in dict.fromkeys(names_of(entry))]
        has_failed = entry.status is JobStatus.FAIL
        return Membership(keys or _IN_NO_OTHER, rank_of(entry), has_failed)

    return of


_IN_NO_OTHER = (GroupKey(""),)


def _causes(entry: Entry) -> Sequence[str]:
    if entry.status is not JobStatus.FAIL:
        return ()
    return (error_code(entry) or fail_reason(entry) or NO_CAUSE,)


_NAMES: dict[GroupBy, Callable[[Entry], Sequence[str]]] = {
    GroupBy.TAG: lambda entry: entry.watch.tags,
    GroupBy.TYPE: lambda entry: (plain_type(entry.job_type),),
    GroupBy.PROFILE: lambda entry: (entry.watch.profile,),
    GroupBy.CAUSE: _causes,
}

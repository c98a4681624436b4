"""Three lists of watched jobs into one: what was agreed, what we have, what they have.

Per entry:
  edits beat removals        what somebody just worded is still wanted
  removals beat untouched    what nobody worded anew goes
Per field: whoever changed it wins, and we win where both did. Tags merge one by one.
A result that is present beats one that is absent, and an arriving result is not an
edit: it is the service's word, and must not bring back what somebody removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from ims_tui.core.watchlist.watch import JobKey, Watch

_T = TypeVar("_T")


def merge(
    base: Sequence[Watch], ours: Sequence[Watch], theirs: Sequence[Watch]
) -> tuple[Watch, ...]:
    """Merge by job key; the order is theirs, then what only we have, in our order."""
    was, mine, yours = _by_key(base), _by_key(ours), _by_key(theirs)
    merged = []
    for key, their in yours.items():
        our, old = mine.get(key), was.get(key)
        if our is not None:
            merged.append(our if our == their else _merge_one(old, our, their))
        elif old is None or _is_edited(old, their):
            merged.append(their)
    for key, our in mine.items():
        old = was.get(key)
        if key not in yours and (old is None or _is_edited(old, our)):
            merged.append(our)
    return tuple(merged)


def _by_key(watches: Sequence[Watch]) -> dict[JobKey, Watch]:
    return {watch.key: watch for watch in watches}


def _is_edited(old: Watch, new: Watch) -> bool:
    return (old.label, frozenset(old.tags), old.note, old.muted, old.marks) != (
        new.label,
        frozenset(new.tags),
        new.note,
        new.muted,
        new.marks,
    )


def _merge_one(old: Watch | None, our: Watch, their: Watch) -> Watch:
    """Merge two versions of an entry; with no old one, both start from a bare one."""
    if old is None:
        old = Watch(our.job_id, our.profile)
    return Watch(
        job_id=our.job_id,
        profile=our.profile,
        label=_pick(old.label, our.label, their.label),
        tags=_merge_tags(old.tags, our.tags, their.tags),
        note=_pick(old.note, our.note, their.note),
        added=_earlier(our.added, their.added),
        muted=_pick(old.muted, our.muted, their.muted),
        marks=_merge_tags(old.marks, our.marks, their.marks),
        result=_pick(old.result, our.result, their.result)
        or our.result
        or their.result,
        service=_pick(old.service, our.service, their.service),
    )


def _pick(old: _T, our: _T, their: _T) -> _T:
    return their if our == old else our


def _merge_tags(
    old: tuple[str, ...], our: tuple[str, ...], their: tuple[str, ...]
) -> tuple[str, ...]:
    """Take over both sides' additions and removals, in their order, then ours."""
    if their == old or our == old:
        return our if their == old else their
    gone = set(old) - set(our)
    kept = [tag for tag in their if tag not in gone]
    return (*kept, *(tag for tag in our if tag not in old and tag not in kept))


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each), default=None)

"""What the operator types about jobs: ids to add, labels, tags, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from ims_tui.core.service.jobservice import JobService
from ims_tui.core.text import plural, printable
from ims_tui.core.watchlist.ids import NO_SERVICES, IdReport
from ims_tui.core.watchlist.watch import Watch

MOST = 200
"""Characters kept of a label, a tag or a note."""

CLEARED = "-"
"""What one types to empty a field of several jobs; nothing leaves it as it is."""


def typed(text: str) -> str:
    """What was typed, as one printable line."""
    return printable(" ".join(text.split()), MOST)


def parse_tags(text: str) -> tuple[str, ...]:
    """Tags with commas between them, each once."""
    tags = (typed(part) for part in text.split(","))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def new_watches(
    ids: Sequence[str],
    profile: str,
    label: str = "",
    tags: Sequence[str] = (),
    services: Mapping[str, JobService] = NO_SERVICES,
) -> list[Watch]:
    """Watches for ids; a label for several is numbered, so that rows differ."""
    name = typed(label)
    count = len(ids)
    is_numbered = bool(name) and count > 1
    labels = [f"{name} {n}" if is_numbered else name for n in range(1, count + 1)]
    return [
        Watch(
            job_id,
            profile,
            label=label,
            tags=tuple(tags),
            service=services.get(job_id, JobService.IMS),
        )
        for job_id, label in zip(ids, labels, strict=True)
    ]


def report_line(report: IdReport) -> str:
    """What a text was found to hold, in one line."""
    count, known = len(report.found), len(report.known)
    if known and not count:
        what = plural(known, "id that is", "ids that are")
        parts = [f"Found {what} watched already"]
    else:
        parts = [f"Found {plural(count, 'id', 'ids')}"]
        parts += [f"{known} more watched already"] if known else []
    whys: dict[str, int] = {}
    for rejected in report.rejected:
        whys[rejected.why] = whys.get(rejected.why, 0) + 1
    parts += [f"{number} {why}" for why, number in list(whys.items())[:2]]
    more = sum(list(whys.values())[2:])
    if more:
        parts.append(plural(more, "other is no job id", "others are no job ids"))
    return ", ".join(parts)


def merged(one: IdReport, other: IdReport) -> IdReport:
    """Both reports, each id once."""
    return IdReport(
        tuple(dict.fromkeys((*one.found, *other.found))),
        tuple(dict.fromkeys((*one.known, *other.known))),
        tuple(dict.fromkeys((*one.rejected, *other.rejected))),
        {**one.services, **other.services},
        {**one.projects, **other.projects},
    )


def relabelled(watch: Watch, label: str, note: str, *, is_only: bool) -> Watch:
    """With another label and note; of several jobs empty fields change nothing."""
    return replace(
        watch,
        label=_changed(watch.label, label, is_only),
        note=_changed(watch.note, note, is_only),
    )


def _changed(before: str, text: str, is_only: bool) -> str:
    value = typed(text)
    if is_only:
        return value
    return "" if value == CLEARED else value or before


def retagged(watch: Watch, text: str, *, is_only: bool) -> Watch:
    """With other tags; of several jobs the tags are added, `-tag` takes one off."""
    tags = parse_tags(text)
    if is_only:
        return replace(watch, tags=tags)
    gone = {tag[1:] for tag in tags if tag.startswith("-")}
    new = (tag for tag in tags if not tag.startswith("-"))
    kept = (tag for tag in watch.tags if tag not in gone)
    return replace(watch, tags=tuple(dict.fromkeys((*kept, *new))))

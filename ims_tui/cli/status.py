"""`ims-tui status`: one line for tmux or a prompt, from stored values only."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from string import Formatter

from ims_tui.cli.call import Call
from ims_tui.cli.parser import add_utc
from ims_tui.cli.selection import entries_of, listed_watches, of_profile
from ims_tui.cli.style import plain_view
from ims_tui.core.errors import UsageError
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.expectation import all_done, all_done_text, end_text
from ims_tui.core.show.statusline import counts
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.latency import Latency, latency_summary
from ims_tui.core.state.order import needs_attention
from ims_tui.core.state.tally import tally

_FIELDS = {
    "run": lambda entry: entry.status in (JobStatus.RUNNING, JobStatus.OTHER),
    "init": lambda entry: entry.status is JobStatus.INIT,
    "ok": lambda entry: entry.status is JobStatus.SUCCESS,
    "fail": lambda entry: entry.status is JobStatus.FAIL,
    "active": lambda entry: entry.is_live,
    "attention": needs_attention,
    "total": lambda entry: True,
}
"""What `--format` may name, with what each counts."""

_LATENCIES: dict[str, Callable[[Latency], float]] = {
    "latency": lambda late: late.median_s,
    "worst": lambda late: late.worst_s,
}
"""And how long after a job's end it was known: in the middle, and at worst."""

_DONE = "done"
"""And when all that run are expected to have ended."""

_NAMES = (*_FIELDS, *_LATENCIES, _DONE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the format."""
    parser.add_argument(
        "--format",
        metavar="TEXT",
        default="",
        help=f"with {', '.join(f'{{{name}}}' for name in _NAMES)}",
    )
    add_utc(parser)


def run(call: Call) -> int:
    """Print the line; returns the exit code."""
    wanted = call.args.format
    parts = _parts(wanted)
    watches = of_profile(call, listed_watches(call))
    entries = entries_of(call, watches.values()).values()
    view = plain_view(call, call.saved.now())
    line = "".join(_filled(part, entries, view) for part in parts)
    if not wanted:
        line = " ".join(cell.text for cell in counts(tally(entries)))
        done = all_done(entries, view.now.wall)
        line += f" {all_done_text(done, view)}" if done else ""
        new = sum(entry.status is None for entry in entries)
        line = line or (f"{new} not asked yet" if new else "no jobs")
    call.out.write(f"{line}\n")
    return 0


def _parts(text: str) -> list[tuple[str, str]]:
    """The text as pairs: literal text, and the field behind it."""
    try:
        found = [(lit, name or "") for lit, name, _, _ in Formatter().parse(text)]
    except ValueError as error:
        raise UsageError(f"--format {text!r}: {error}") from error
    for _, name in found:
        if name and name not in _NAMES:
            raise UsageError(f"--format has no {name!r}; it has {', '.join(_NAMES)}")
    return found


def _filled(part: tuple[str, str], entries: Iterable[Entry], view: View) -> str:
    literal, name = part
    if name == _DONE:
        done = all_done(entries, view.now.wall)
        return f"{literal}{end_text(done.at, view) if done else '-'}"
    if name in _LATENCIES:
        late = latency_summary(entries)
        return f"{literal}{_LATENCIES[name](late):.1f}s" if late else f"{literal}-"
    return f"{literal}{sum(map(_FIELDS[name], entries))}" if name else literal

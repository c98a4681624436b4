"""`ims-tui list`: the list with its last known values."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Coroutine, Iterable, Mapping, Sequence

from ims_tui.cli.call import Call
from ims_tui.cli.selection import add_timeout, entries_of, listed_watches
from ims_tui.cli.style import has_colour, painted, plain_view
from ims_tui.core.errors import UsageError
from ims_tui.core.show.cells import state_of
from ims_tui.core.show.columns import COLUMNS, DEFAULT_COLUMNS
from ims_tui.core.show.export import cells, to_csv, to_json, to_plain
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.groups import GroupBy, grouped, rolled_up
from ims_tui.core.show.layout import lay_out
from ims_tui.core.show.rows import ATTENTION, Choice, Rows, choose, parse_sort
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.text import cell_len, fit, printable
from ims_tui.core.watchlist.watch import JobKey

_STATES = ("init", "run", "running", "ok", "success", "fail", "gone")

_STATE_HELP = "only jobs in this state: init, run, ok, fail, gone or as the list shows"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to show, and how."""
    add = parser.add_argument
    add("--refresh", action="store_true", help="ask the service once about live jobs")
    add_timeout(parser)
    add("--state", metavar="STATE", help=_STATE_HELP)
    add("--tag", metavar="TAG", help="only jobs with this tag")
    add("--filter", metavar="TEXT", default="", help="as in the dashboard's / line")
    add("--sort", metavar="COLUMN", default=ATTENTION, help="-COLUMN: descending")
    add("--columns", metavar="LIST", default="", help=f"among {', '.join(COLUMNS)}")
    add(
        "--group",
        choices=[by.value for by in GroupBy],
        help="a table for each tag, type, profile or cause of failure, worst first",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON, schema 2")
    form.add_argument("--csv", action="store_true", help="values under a heading")
    form.add_argument("--plain", action="store_true", help="tabs between cells")
    form.add_argument("--ids", action="store_true", help="only the job ids")
    form.add_argument(
        "--schema", action="store_true", help="the JSON Schema of all JSON output"
    )


def run(call: Call) -> int | Coroutine[None, None, int]:
    """Print the list; returns the exit code."""
    if call.args.schema:
        from ims_tui.wiring import packaged_text

        call.out.write(packaged_text("show/jobschema.json"))
        return 0
    _check_group(call.args)
    choice, columns = _choice(call.args), _columns(call.args.columns)
    saved = call.saved()
    listed = listed_watches(call, saved)
    entries = entries_of(call, saved, list(listed.values()))
    if call.args.profile:
        entries = {k: e for k, e in entries.items() if k.profile == call.args.profile}
    _check_state(call.args.state, entries.values())
    if call.args.refresh:
        return _refreshed(call, entries, choice, columns)
    _print(call, entries, plain_view(call, saved.now()), choice, columns)
    return 0


async def _refreshed(
    call: Call,
    entries: Mapping[JobKey, Entry],
    choice: Choice,
    columns: Sequence[str],
) -> int:
    from ims_tui.cli.session import ask_once

    live = [key for key, entry in entries.items() if not entry.has_ended]
    asked = await ask_once(call, entries, live)
    _print(call, asked.entries, asked.view, choice, columns)
    return asked.exit_code


def _choice(args: argparse.Namespace) -> Choice:
    words = [args.filter]
    words += [f'state:"{args.state}"'] if args.state else []
    words += [f'tag:"{args.tag}"'] if args.tag else []
    wanted = parse_filter(" ".join(words))
    if wanted.problem:
        raise UsageError(wanted.problem)
    try:
        sort, descending = parse_sort(args.sort)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return Choice(filter=wanted, sort=sort, descending=descending)


def _check_group(args: argparse.Namespace) -> None:
    for form in ("json", "csv", "plain", "ids"):
        if args.group and getattr(args, form):
            raise UsageError(f"--group is for the table, not for --{form}")


def _check_state(state: str | None, entries: Iterable[Entry]) -> None:
    shown = {state_of(entry)[0].lower() for entry in entries} - {"-"}
    known = list(dict.fromkeys((*_STATES, *sorted(shown))))
    if state is not None and state.lower() not in known:
        raise UsageError(
            f"'{printable(state, 40)}' is not a state; there are {', '.join(known)}"
        )


def _columns(text: str) -> tuple[str, ...]:
    if not text:
        return DEFAULT_COLUMNS
    names = tuple(name.strip().lower() for name in text.split(","))
    for name in names:
        if name not in COLUMNS:
            raise UsageError(f"{name!r} is no column; there are {', '.join(COLUMNS)}")
    return names


def _print(
    call: Call,
    entries: Mapping[JobKey, Entry],
    view: View,
    choice: Choice,
    columns: Sequence[str],
) -> None:
    shown = [entries[key] for key in choose(entries.values(), choice, view)]
    args, write = call.args, call.out.write
    if not shown and (why := Rows().unmet(entries, choice.filter)):
        call.say([why])
    if args.json:
        write(to_json(shown, view))
    elif args.csv:
        write(to_csv(shown, view))
    elif args.ids:
        write("".join(f"{entry.watch.job_id}\n" for entry in shown))
    elif args.plain:
        write(to_plain(shown, view, columns))
    elif not entries:
        call.say(["the list is empty; ims-tui add ID puts a job on it"])
    elif args.group:
        _print_groups(call, shown, view, columns)
    else:
        _print_table(call, shown, view, columns)


def _print_groups(
    call: Call, shown: Sequence[Entry], view: View, columns: Sequence[str]
) -> None:
    """Each group under a line that says how it stands."""
    groups = grouped(shown, GroupBy(call.args.group))
    if not groups:
        call.say(["no job has failed" if shown else "no job is shown"])
    for number, group in enumerate(groups):
        if number:
            call.out.write("\n")
        call.out.write(f"{rolled_up(group, view)}\n")
        _print_table(call, group.entries, view, columns)


def _print_table(
    call: Call, shown: Sequence[Entry], view: View, columns: Sequence[str]
) -> None:
    if call.out.isatty():
        _print_fitted(call, shown, view, columns)
    else:
        _print_whole(call, shown, view, columns)


def _print_fitted(
    call: Call, shown: Sequence[Entry], view: View, columns: Sequence[str]
) -> None:
    """A table that fits the terminal."""
    slots = lay_out(columns, shutil.get_terminal_size().columns - 1)
    heads = (fit(s.column.title, s.width, right=s.column.right) for s in slots)
    call.out.write(" ".join(heads).rstrip() + "\n")
    colour = has_colour(call, call.out)
    for entry in shown:
        row = []
        for slot in slots:
            cell = slot.column.cell(entry, view, slot.width)
            text = fit(cell.text, slot.width, right=slot.column.right)
            row.append(painted(text, cell.tone, colour))
        call.out.write(" ".join(row).rstrip() + "\n")


def _print_whole(
    call: Call, shown: Sequence[Entry], view: View, columns: Sequence[str]
) -> None:
    """A table whose cells are never cut, for a pipe."""
    kinds = [COLUMNS[key] for key in columns if key != "sign"]
    rows = [[kind.title for kind in kinds]]
    rows += [cells(entry, view, columns) for entry in shown]
    widths = [max(map(cell_len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        parts = zip(row, widths, kinds, strict=True)
        line = "  ".join(fit(text, w, right=kind.right) for text, w, kind in parts)
        call.out.write(line.rstrip() + "\n")

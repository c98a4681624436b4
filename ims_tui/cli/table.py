"""Jobs as `list` and `history` print them: which ones, in which form."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence

from ims_tui.cli.call import Call
from ims_tui.cli.parser import add_utc
from ims_tui.cli.style import has_colour, painted
from ims_tui.core.errors import UsageError
from ims_tui.core.show.cells import state_of
from ims_tui.core.show.columns import COLUMNS, WHOLE
from ims_tui.core.show.export import cells, to_csv, to_json, to_plain
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.grouping import GroupBy
from ims_tui.core.show.groups import grouped, rolled_up
from ims_tui.core.show.layout import lay_out
from ims_tui.core.show.rows import Choice, Rows, choose, parse_sort
from ims_tui.core.show.view import Cell, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.text import cell_len, fit, printable
from ims_tui.core.watchlist.watch import JobKey

STATES = ("init", "run", "running", "ok", "success", "fail", "gone")

_STATE_HELP = "only jobs in this state: init, run, ok, fail, gone or as the list shows"


def add_rows(parser: argparse.ArgumentParser, sort: str) -> None:
    """Add which jobs are shown, and in which order."""
    add = parser.add_argument
    add("--state", metavar="STATE", help=_STATE_HELP)
    add("--tag", metavar="TAG", help="only jobs with this tag")
    add("--filter", metavar="TEXT", default="", help="as in the dashboard's / line")
    add("--sort", metavar="COLUMN", default=sort, help="-COLUMN: descending")
    add("--columns", metavar="LIST", default="", help=f"among {', '.join(COLUMNS)}")
    add_utc(parser)
    add(
        "--group",
        choices=[by.value for by in GroupBy],
        help="a table for each tag, type, profile or cause of failure, worst first",
    )


def add_forms(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """Add the forms, of which one is chosen."""
    parser.add_argument(
        "--guard-formulas",
        action="store_true",
        help="with --csv: a ' before what a spreadsheet would take for a formula",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON, schema 2")
    form.add_argument("--csv", action="store_true", help="values under a heading")
    form.add_argument(
        "--plain", action="store_true", help="tabs between cells, times in UTC, ids"
    )
    form.add_argument("--ids", action="store_true", help="only the job ids")
    return form


def _check_forms(args: argparse.Namespace) -> None:
    """Refuse options that mean nothing together."""
    for form in ("json", "csv", "plain", "ids"):
        if args.group and getattr(args, form):
            raise UsageError(f"--group is for the table, not for --{form}")
        if args.columns and form != "plain" and getattr(args, form):
            raise UsageError(f"--columns is for the table and --plain, not --{form}")
    if args.guard_formulas and not args.csv:
        raise UsageError("--guard-formulas is for --csv")


def choice_of(
    args: argparse.Namespace, default: Sequence[str]
) -> tuple[Choice, Sequence[str]]:
    """Which jobs are shown, in which order, and in which columns.

    Args:
        args: with what `add_rows` and `add_forms` add.
        default: the columns where none are named.

    Raises:
        UsageError: the options do not fit together, or the filter, the order or a
            column is none.
    """
    _check_forms(args)
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
    choice = Choice(filter=wanted, sort=sort, descending=descending)
    return choice, _columns_of(args.columns) or default


def check_state(state: str | None, entries: Iterable[Entry]) -> None:
    """Make sure that there is such a state.

    Raises:
        UsageError: there is not.
    """
    shown = {state_of(entry)[0].lower() for entry in entries} - {"-"}
    known = list(dict.fromkeys((*STATES, *sorted(shown))))
    if state is not None and state.lower() not in known:
        raise UsageError(
            f"'{printable(state, 40)}' is not a state; there are {', '.join(known)}"
        )


def _columns_of(text: str) -> Sequence[str]:
    """The columns that a text names."""
    names = [name.strip().lower() for name in text.split(",")] if text else []
    for name in names:
        if name not in COLUMNS:
            raise UsageError(f"{name!r} is no column; there are {', '.join(COLUMNS)}")
    return names


def print_jobs(
    call: Call,
    entries: Mapping[JobKey, Entry],
    view: View,
    choice: Choice,
    columns: Sequence[str],
    nothing: str,
) -> None:
    """Print the chosen jobs in the form that the command line asks for.

    Args:
        call: with the arguments of `add_rows` and `add_forms`.
        entries: the jobs.
        view: how to look at them.
        choice: which are shown.
        columns: of the table.
        nothing: what is said where there are no jobs at all.
    """
    shown = [entries[key] for key in choose(entries.values(), choice, view)]
    args, write = call.args, call.out.write
    if not shown and (why := Rows().unmet(entries, choice.filter)):
        call.say([why])
    if args.json:
        write(to_json(shown, view))
    elif args.csv:
        write(to_csv(shown, view, guards=args.guard_formulas))
    elif args.ids:
        write("".join(f"{entry.watch.job_id}\n" for entry in shown))
    elif args.plain:
        write(to_plain(shown, view, columns if args.columns else (*columns, "id")))
    elif not entries:
        call.say([nothing])
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
    for number, (title, entries) in enumerate(groups):
        if number:
            call.out.write("\n")
        call.out.write(f"{rolled_up(title, entries, view)}\n")
        _print_table(call, entries, view, columns)


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
    import shutil  # what goes into a pipe takes no size

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
    rows = [[Cell(kind.title) for kind in kinds]]
    for entry in shown:
        tones = (kind.cell(entry, view, WHOLE).tone for kind in kinds)
        texts = cells(entry, view, columns)
        rows.append([Cell(*cell) for cell in zip(texts, tones, strict=True)])
    widths = [
        max(cell_len(c.text) for c in column) for column in zip(*rows, strict=True)
    ]
    colour = has_colour(call, call.out)
    for row in rows:
        parts = [
            painted(fit(cell.text, w, right=kind.right), cell.tone, colour)
            for cell, w, kind in zip(row, widths, kinds, strict=True)
        ]
        call.out.write("  ".join(parts).rstrip() + "\n")

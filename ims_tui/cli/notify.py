"""`ims-tui notify`: try the channels, and see what the last day would have told."""

from __future__ import annotations

import argparse
from collections.abc import (
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Sequence,
)
from datetime import datetime

from ims_tui.cli.call import Call
from ims_tui.cli.parser import add_commands, add_utc
from ims_tui.cli.selection import listed_entries
from ims_tui.cli.style import plain_view
from ims_tui.core.errors import ChannelError, UsageError
from ims_tui.core.headless.candidates import candidates, late_ends
from ims_tui.core.headless.channels import channels_of
from ims_tui.core.notices.escalation import escalates, not_acknowledged
from ims_tui.core.notices.rules import Candidate, hears_nothing, wants
from ims_tui.core.notices.trial import trials
from ims_tui.core.state.searchtext import search_text
from ims_tui.core.text import plural, printable
from ims_tui.engine.notifier import Route
from ims_tui.wiring import open_routes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `test` and `dry-run`."""
    commands = add_commands(parser)
    test = commands.add_parser(
        "test", help="send one message of each level that a channel hears"
    )
    test.add_argument("names", nargs="*", metavar="CHANNEL", help="by default all")
    dry_run = commands.add_parser(
        "dry-run", help="who would hear of the ends of the last day; sends nothing"
    )
    add_utc(dry_run)


def run(call: Call) -> int | Coroutine[None, None, int]:
    """Run one of them; returns the exit code.

    Raises:
        UsageError: there is no such channel, or nobody is to be told.
    """
    routes = all_routes(call, lambda line: call.say([line]))
    if not routes:
        raise UsageError('nobody is told anything: notify.when is "never"')
    if call.args.subcommand == "test":
        return _test(call, _chosen(call, routes))
    return _dry_run(call, routes)


def all_routes(call: Call, say: Callable[[str], None]) -> Sequence[Route]:
    """Every channel; those of the terminal write to the standard error.

    Args:
        call: the command.
        say: told in one line what is wrong with a channel.
    """

    def write(text: str) -> None:
        call.err.write(text)
        call.err.flush()

    return open_routes(call.settings.notify, call.environ, say, write)


def usable_here(call: Call, routes: Iterable[Route]) -> list[Route]:
    """Those that can be tried here: some need a terminal."""
    channels = channels_of(call.settings.notify)
    has_terminal = call.err.isatty()
    return [r for r in routes if has_terminal or not channels[r.name].is_of_terminal]


def _chosen(call: Call, routes: Sequence[Route]) -> list[Route]:
    names, usable = call.args.names, usable_here(call, routes)
    known = {route.name.removeprefix("channels."): route for route in routes}
    if not (names or usable):
        raise UsageError("no channel is set but the terminal, and there is none here")
    for name in names:
        if name not in known:
            there = ", ".join(known)
            raise UsageError(
                f"{printable(name, 40)!r} is not a channel; there are: {there}"
            )
        if known[name] not in usable:
            raise UsageError(f"{name} needs a terminal, and standard error is none")
    return [known[name] for name in dict.fromkeys(names)] or usable


async def _test(call: Call, routes: Iterable[Route]) -> int:
    code = 0
    async for name, said, failed in tried(routes, call.saved.now().wall):
        code = failed or code
        call.out.write(f"notify.{name}  {printable(said, 300)}\n")
        call.out.flush()
    return code


async def tried(
    routes: Iterable[Route], now: datetime
) -> AsyncIterator[tuple[str, str, int]]:
    """Send trials; yields name, what came of it, and the exit code of a failure."""
    for route in routes:
        for message in trials(route.rule.level, now):
            level, code = message.level, 0
            try:
                await route.channel.send(message)
                said = f"took a message of level {level}: look whether it is there"
            except ChannelError as error:
                code, said = error.exit_code, f"level {level}: {error}"
            yield route.name, said, code


def _dry_run(call: Call, routes: Sequence[Route]) -> int:
    entries = listed_entries(call)
    now = call.saved.now()
    view = plain_view(call, now)
    events = sorted(late_ends(entries.values(), now.wall), key=lambda event: event.at)
    for found in candidates(events, entries, view):
        names = [_hearer(r, found) for r in routes if wants(r.rule, found)]
        heard = ", ".join(names) or ("nobody: muted" if found.is_muted else "nobody")
        when = view.clock_time(found.news.at, with_date=True)
        call.out.write(f"{when}  {found.news.kind:<8} {found.news.name}: {heard}\n")
    for route in routes:
        if hears_nothing(route.rule.level, route.rule.kinds):
            of_level = f"no event of notify.events is {route.rule.level}"
            call.say([f"notify.{route.name}: it hears nothing: {of_level}"])
        elif entries and not any(
            route.rule.passes(search_text(e)) for e in entries.values()
        ):
            jobs = plural(len(entries), "job", "jobs")
            call.say([f"notify.{route.name}: its filter matches none of {jobs}"])
    if not events:
        call.say(["no job of the list ended in the last day"])
    return 0


def _hearer(route: Route, found: Candidate) -> str:
    name = route.name.removeprefix("channels.")
    if route.escalates_s and escalates(found.news):
        return f"{name} (if {not_acknowledged(route.escalates_s)})"
    return name

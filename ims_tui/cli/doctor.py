"""`ims-tui doctor`: what is in order here and what is not, one line each."""

from __future__ import annotations

import argparse
import os
import shutil
import stat
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from ims_tui.cli.auth import chosen_profiles
from ims_tui.cli.call import Call, write_json
from ims_tui.cli.cursor import measured_widths
from ims_tui.cli.notify import all_routes, tried, usable_here
from ims_tui.core.config.places import Places
from ims_tui.core.config.settings import Profile, Settings
from ims_tui.core.errors import StateError, WatchFileError, reason_of
from ims_tui.core.headless.diagnosis import (
    WIDTH_SAMPLES,
    FileFacts,
    Finding,
    Severity,
    TerminalFacts,
    failures,
    of_channels,
    of_config,
    of_estimates,
    of_file,
    of_list,
    of_reach,
    of_sign_in,
    of_terminal,
)
from ims_tui.core.polling.ledger import Ledger
from ims_tui.core.release import JSON_SCHEMA
from ims_tui.core.signin.source import for_commands
from ims_tui.core.state.history import learned
from ims_tui.core.text import printable, sentences
from ims_tui.wiring import probe_endpoint, saved_list, shared_budget, try_profile

_SUBJECT = 18


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the form of the output."""
    add = parser.add_argument
    add("--json", action="store_true", help="as JSON, schema 2")
    add("--notify", action="store_true", help="try each channel of news, too")


async def run(call: Call) -> int:
    """Look at everything; the exit code is 1 where something is not in order."""
    findings = []
    async for finding in _findings(call):
        findings.append(finding)
        if not call.args.json:
            call.out.write(_line(finding))
            call.out.flush()
    failed = failures(findings)
    if call.args.json:
        document = {
            "schema": JSON_SCHEMA,
            "failures": failed,
            "findings": [finding.document() for finding in findings],
        }
        write_json(call.out, document)
    return 1 if failed else 0


def _line(finding: Finding) -> str:
    text = finding.text
    if finding.remedy:  # which may end in a command: no stop is added to it
        text = f"{sentences(text)}  {for_commands(finding.remedy)}"
    text = printable(text, 2000)
    subject = f"{printable(finding.subject):<{_SUBJECT}}"
    return f"{finding.level.value:<4}  {subject} {text}\n"


async def _findings(call: Call) -> AsyncIterator[Finding]:
    setup, loaded = call.setup, call.load()
    for finding in of_terminal(_terminal(call)):
        yield finding
    config, *others = _files(setup.places, call.log_of(setup.places))
    there = "" if config.exists else " (not there; defaults hold)"
    for finding in of_config(loaded.problems, config.path + there):
        yield finding
    for finding in _of_files(call, (config, *others)):
        yield finding
    for finding in _of_estimates(setup.places):
        yield finding
    settings = loaded.settings
    for finding in of_channels(settings.notify):
        yield finding
    if call.args.notify:
        async for finding in _of_trials(call):
            yield finding
    for profile in chosen_profiles([], call.args.profile or "", settings):
        budget = shared_budget(setup.places)
        async for finding in _of_profile(profile, settings, budget):
            yield finding


async def _of_trials(call: Call) -> AsyncIterator[Finding]:
    """Every channel of the configuration takes a message of each level it hears."""
    routes = usable_here(call, all_routes(call, lambda _: None))
    async for name, said, failed in tried(routes, call.saved.now().wall):
        level = Severity.FAIL if failed else Severity.OK
        yield Finding(level, f"channel {name.removeprefix('channels.')}", said)


def _of_files(call: Call, files: Sequence[FileFacts]) -> Iterator[Finding]:
    """Each file; of the list also what stands in it."""
    for facts in files:
        found = of_file(facts)
        is_list = facts.subject == "watchlist" and found.level is Severity.OK
        wrong = _wrong_in_list(call.setup.places) if is_list else ()
        yield from of_list(wrong) if wrong else (found,)


def _wrong_in_list(places: Places) -> Sequence[str]:
    """What of the list cannot be read or used, in its own words."""
    try:
        return [str(one) for one in saved_list(places).watch_file.load().problems]
    except WatchFileError as error:
        return [str(error)]


def _of_estimates(places: Places) -> Iterator[Finding]:
    try:
        memories = learned(saved_list(places).past())
    except StateError:
        return  # the file is judged above
    for profile, memory in memories.items():
        yield from of_estimates(profile, memory)


async def _of_profile(
    profile: Profile, settings: Settings, budget: Ledger
) -> AsyncIterator[Finding]:
    if profile.gap:
        yield Finding(Severity.FAIL, f"{profile.name} endpoint", profile.gap)
        return
    if profile.cloud_note:
        yield Finding(Severity.NOTE, f"{profile.name} cloud", profile.cloud_note)
    if not profile.endpoint:
        yield of_sign_in(await try_profile(profile, settings, budget))
        return
    reach = await probe_endpoint(profile, settings)
    for finding in of_reach(profile.name, reach):
        yield finding
    if not reach.cause:
        yield of_sign_in(await try_profile(profile, settings, budget))


def _terminal(call: Call) -> TerminalFacts:
    from ims_tui.ui.clipboard import native_tool

    size = shutil.get_terminal_size()
    tool = native_tool(call.environ)
    return TerminalFacts(
        sys.stdin.isatty() and sys.stdout.isatty(),
        size.columns,
        size.lines,
        call.environ,
        sys.stdout.encoding or "",
        None if call.args.json else measured_widths(WIDTH_SAMPLES),
        tool[0] if tool else "",
    )


def _files(places: Places, log: Path) -> Iterator[FileFacts]:
    yield facts_of("config file", places.config, written=False)
    yield facts_of("watchlist", places.watchlist)
    yield facts_of("stored replies", places.state, private=True)
    if log != Path(os.devnull):  # which takes a log, too
        yield facts_of("log", log, private=True)


def facts_of(
    subject: str, path: Path, *, written: bool = True, private: bool = False
) -> FileFacts:
    """Look at one file; whatever is in the way is among the facts.

    Args:
        subject: what the file is to us.
        path: where it is, or will be.
        written: whether we write it.
        private: whether nobody else should read it.
    """
    try:
        mode = _mode(path)
        return FileFacts(
            subject,
            str(path),
            mode is not None,
            _is_usable(path, mode, written=written),
            others_write=bool((mode or 0) & (stat.S_IWGRP | stat.S_IWOTH)),
            others_read=bool((mode or 0) & (stat.S_IRGRP | stat.S_IROTH)),
            is_private=private,
            reason="" if mode is None or stat.S_ISREG(mode) else "it is not a file",
            free_bytes=_free_bytes(path) if written else None,
        )
    except OSError as error:  # a folder that is closed, no folder, a loop of links
        why = reason_of(error)
        return FileFacts(subject, str(path), False, False, reason=why)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _is_usable(path: Path, mode: int | None, *, written: bool) -> bool:
    """Whether a file can be used; one that is not there must be possible to make."""
    if mode is not None:
        can_read = stat.S_ISREG(mode) and os.access(path, os.R_OK)
        # The list is replaced as a whole, so its folder has to be writable, too.
        return can_read and (
            not written
            or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        )
    if not written:
        return True
    folder = _nearest(path)
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _nearest(path: Path) -> Path:
    """The innermost folder of a path that is there."""
    return next(folder for folder in path.parents if _mode(folder) is not None)


def _free_bytes(path: Path) -> int:
    """Bytes that may still be written beside a file; 0 where no file can be made."""
    disk = os.statvfs(_nearest(path))
    has_places = disk.f_favail or not disk.f_files  # some systems do not count files
    return disk.f_bavail * disk.f_frsize if has_places else 0

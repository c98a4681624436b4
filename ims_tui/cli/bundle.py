"""`ims-tui bundle`: the evidence of one job in one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from ims_tui.cli.call import Call
from ims_tui.cli.get import is_final
from ims_tui.cli.selection import add_asking, named_entries
from ims_tui.cli.session import ask_once, tell_failures
from ims_tui.core.errors import OutputError, UsageError, reason_of
from ims_tui.core.headless.bundle import bundle, bundle_name, said_of
from ims_tui.core.text import printable
from ims_tui.wiring import surroundings, write_new


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the job and the file."""
    parser.add_argument(
        "jobs", nargs=1, metavar="JOB", help="a job id, or the label of a job"
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="the zip file; it must not be there yet; default: named by the job's id",
    )
    add_asking(parser)


async def run(call: Call) -> int:
    """Ask once where the job goes on, and write the file; returns the exit code.

    Where the service does not answer, what is known is evidence as well.
    """
    args = call.args
    known = named_entries(call)
    if len(known) > 1:
        raise UsageError(f"a bundle is about one job; these are {len(known)}, see -p")
    (key,) = known
    asked = await ask_once(call, known, [] if is_final(known[key]) else [key])
    entry = asked.entries[key]
    tell_failures(call, [entry])
    path = Path(args.output or bundle_name(entry))
    log = call.log_of(call.setup.places)
    profile = call.settings.profiles.get(key.profile)
    data = bundle(entry, asked.view, profile, surroundings(log, call.environ))
    _write(path, data)
    call.out.write(f"{said_of(len(data), path)}\n")
    return asked.exit_code


def _write(path: Path, data: bytes) -> None:
    shown = printable(str(path))
    try:
        write_new(path, data, is_sure=False)
    except FileExistsError:
        text = f"{shown} is there already and stays; name another with --output"
        raise UsageError(text) from None
    except OSError as error:
        raise OutputError(f"{shown} cannot be written: {reason_of(error)}") from error

"""`ims-tui config`, as the dispatcher calls it."""

from __future__ import annotations

import argparse

from msgspec.structs import replace

from ims_tui.cli import config
from ims_tui.cli.call import Call


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    config.add_arguments(parser)


def run(call: Call) -> int:
    """Run one of them; returns the exit code."""
    places = replace(call.setup.places, log=call.log_of(call.setup.places))
    return config.run(call.args, places, call.load, call.out, call.err)

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
    args = call.args
    if args.config_command in ("set", "edit"):
        from ims_tui.cli.configchange import edit, set_value

        if args.config_command == "edit":
            return edit(call)
        return set_value(call, args.key, args.value)
    places = replace(call.setup.places, log=call.log_of(call.setup.places))
    return config.run(args, places, call.load, call.out, call.err)

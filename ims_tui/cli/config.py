"""`ims-tui config`: write an example or a schema, show what is in force, check."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TextIO

from msgspec.structs import replace

from ims_tui.cli.call import Call, write_json
from ims_tui.cli.parser import add_commands
from ims_tui.core.config.places import Places
from ims_tui.core.config.provenance import Loaded
from ims_tui.core.config.text import effective, example
from ims_tui.core.config.vocabulary import Vocabulary
from ims_tui.core.errors import ConfigError, reason_of
from ims_tui.core.release import JSON_SCHEMA
from ims_tui.core.text import printable
from ims_tui.wiring import write_file

_SOURCE_COLUMN = 52


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands of `config`."""
    commands = add_commands(parser)
    commands.add_parser("init", help="write a commented config.toml if there is none")
    show = commands.add_parser("show", help="values in force and where they come from")
    check = commands.add_parser(
        "check", help="name every mistake; exit code 7 if there is one"
    )
    setter = commands.add_parser("set", help="set one key; the rest stays as it is")
    setter.add_argument("key", metavar="KEY", help="such as ui.theme")
    setter.add_argument("value", metavar="VALUE", help="as TOML, or plain text")
    commands.add_parser("edit", help="open it in $EDITOR; taken only when in order")
    path = commands.add_parser("path", help="the files the program uses")
    for command in (show, check, path):
        command.add_argument("--json", action="store_true", help="as JSON, schema 2")
    schema = commands.add_parser("schema", help="a JSON Schema of a file, for editors")
    schema.add_argument(
        "file",
        nargs="?",
        choices=("config", "watchlist"),
        default="config",
        help="which",
    )


def run(call: Call) -> int:
    """Run one of the subcommands; returns the exit code."""
    args = call.args
    if args.subcommand in ("set", "edit"):
        from ims_tui.cli.configchange import edit, set_value

        if args.subcommand == "edit":
            return edit(call)
        return set_value(call, args.key, args.value)
    places = replace(call.setup.places, log=call.log_of(call.setup.places))
    is_check = args.subcommand == "check"
    load = call.strict_setup().files.load if is_check else call.load
    return run_with(args, places, load, call.out, call.err)


def run_with(
    args: argparse.Namespace,
    places: Places,
    load: Callable[[], Loaded],
    out: TextIO,
    err: TextIO,
) -> int:
    """Run one of the subcommands on these files and streams.

    Args:
        args: with `subcommand`, `file` for `schema`, `json` for what takes it.
        places: the files of this run.
        load: reads the settings; not called where they are not needed.
        out: where data goes.
        err: where messages go.

    Returns:
        The exit code.

    Raises:
        ConfigError: `init` found a file there or could not write it.
    """
    match args.subcommand:
        case "init":
            return _init(places, err)
        case "show":
            return _show(load(), out, err, as_json=args.json)
        case "check":
            return _check(places, load(), out, as_json=args.json)
        case "schema":
            return _schema(args.file, out)
        case _:
            return _path(places, out, as_json=args.json)


def _init(places: Places, err: TextIO) -> int:
    shown = printable(str(places.config))
    if places.config.exists():
        raise ConfigError(f"{shown} is there already and stays as it is.")
    try:
        places.config.parent.mkdir(parents=True, exist_ok=True)
        write_file(places.config, example())
    except OSError as error:
        reason = reason_of(error)
        raise ConfigError(f"{shown} cannot be written: {reason}.") from None
    err.write(f"Wrote {shown}. Every setting is in it, with its default.\n")
    return 0


def _show(loaded: Loaded, out: TextIO, err: TextIO, *, as_json: bool) -> int:
    values = list(effective(loaded))
    is_unread = any(problem.whole_file for problem in loaded.problems)
    code = ConfigError.exit_code if is_unread else 0
    if as_json:
        settings = [
            {"key": v.key, "value": v.value, "source": v.source} for v in values
        ]
        _write(out, {"settings": settings, "problems": _problems(loaded)})
        return code
    for value in values:
        setting = printable(f"{value.key} = {value.text}")
        out.write(f"{setting:<{_SOURCE_COLUMN}} # {printable(value.source)}\n")
    for problem in loaded.problems:
        err.write(f"{problem}\n")
    return code


def _problems(loaded: Loaded) -> list[dict[str, object]]:
    return [
        {
            "key": problem.key,
            "source": str(problem.source),
            "line": problem.source.line or None,
            "text": problem.text,
        }
        for problem in loaded.problems
    ]


def _write(out: TextIO, document: dict[str, object]) -> None:
    write_json(out, {"schema": JSON_SCHEMA, **document})


def _check(places: Places, loaded: Loaded, out: TextIO, *, as_json: bool) -> int:
    code = ConfigError.exit_code if loaded.problems else 0
    shown, is_there = printable(str(places.config)), places.config.exists()
    if as_json:
        facts = {"file": shown, "exists": is_there, "ok": not code}
        _write(out, {**facts, "problems": _problems(loaded)})
        return code
    for problem in loaded.problems:
        out.write(f"{problem}\n")
    if not code:
        order = "in order" if is_there else "not there; defaults hold"
        out.write(f"{shown} is {order}.\n")
    return code


def _schema(file: str, out: TextIO) -> int:
    # With all columns and actions, whose names stand in it.
    from ims_tui.core.config.schema import config_schema
    from ims_tui.core.show.actions import BY_ID
    from ims_tui.core.show.columns import COLUMNS
    from ims_tui.core.watchlist.schema import watchlist_schema

    known = Vocabulary(actions=BY_ID, columns=COLUMNS)
    schema = watchlist_schema() if file == "watchlist" else config_schema(known)
    write_json(out, schema)
    return 0


def _path(places: Places, out: TextIO, *, as_json: bool) -> int:
    rows = {
        "config": places.config,
        "watchlist": places.watchlist,
        "state": places.state,
        "log": places.log,
        "themes": places.themes,
    }
    if as_json:
        facts = {
            name: {"path": printable(str(path)), "exists": path.exists()}
            for name, path in rows.items()
        }
        _write(out, {"paths": facts})
        return 0
    for name, path in rows.items():
        missing = "" if path.exists() else "  (not there)"
        out.write(f"{name:<10} {printable(str(path))}{missing}\n")
    return 0

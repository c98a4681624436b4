"""The command line: options, commands, exit codes.

Commands live in a module each and are imported when they run: `--help` and `--version`
load neither Textual nor httpx.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Coroutine, Mapping, Sequence

from ims_tui.cli import process
from ims_tui.cli.streams import drop_output, settle_streams
from ims_tui.core.errors import ImsTuiError, OutputError, reason_of
from ims_tui.core.text import in_ascii, printable

INTERRUPTED = 130
"""What a shell reports of a program that SIGINT ended."""

PIPE_CLOSED = 141
"""What a shell reports of a program that SIGPIPE ended."""


def main(
    argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None
) -> int:
    """Run the program and return its exit code.

    As a process of its own it ends by SIGINT where that interrupted it: a shell leaves
    a loop only then.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    settle_streams()
    try:
        code = _finished(arguments, os.environ if environ is None else environ)
    except OutputError as error:
        code = error.exit_code
        drop_output()
        _say(str(error))
    except ImsTuiError as error:
        code = error.exit_code
        _say(str(error))
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = PIPE_CLOSED
        drop_output()
    except Exception as error:  # noqa: BLE001 - the last line of defence
        code = 1
        _say(f"a fault of ims-tui: {type(error).__name__}: {error}; {_report(error)}")
    if code == INTERRUPTED and argv is None:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    return code


def _finished(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run, and write what is left; argparse ends the process where it gave help."""
    try:
        code = _run(arguments, environ)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    sys.stdout.flush()
    return code


def _report(fault: Exception) -> str:
    """Keep the traceback in a file and say where; without one it is told itself."""
    import logging
    import tempfile
    import traceback

    log = logging.getLogger("ims_tui")
    if log.handlers:  # else Python tells standard error
        log.critical("crash", exc_info=fault)
    try:
        number, name = tempfile.mkstemp(".txt", "ims-tui-crash-")
        with os.fdopen(
            number, "w", encoding="utf-8", errors="backslashreplace"
        ) as file:
            traceback.print_exception(fault, file=file)
    except OSError as error:
        for line in "".join(traceback.format_exception(fault)).splitlines():
            sys.stderr.write(f"{printable(line, 1000)}\n")
        return f"the report stands above: no file can be written ({reason_of(error)})"
    return f"the report is {name}"


def _say(text: str) -> None:
    mark = ""
    if "JOURNAL_STREAM" in os.environ:
        from ims_tui.core.headless.priority import Priority
        from ims_tui.wiring import journal_mark

        mark = journal_mark(os.environ, sys.stderr, Priority.ERROR)
    sys.stderr.write(f"{mark}ims-tui: {printable(text, 1000)}\n")


def _run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    if list(arguments) in (["--version"], ["-V"]):
        return _version()
    process.prepare()
    process.begin_loading()
    from ims_tui.cli.parser import module_of, split_command, the_parser

    name, rest = split_command(arguments)
    args = the_parser(name).parse(rest)
    if args.version:
        return _version()
    wants_ascii = args.ascii or bool(environ.get("IMS_TUI_ASCII"))
    _keep_to_ascii(environ, is_asked=wants_ascii)
    from ims_tui.cli.call import Call

    process.end_loading()
    result = module_of(name).run(Call(args, environ, sys.stdin, sys.stdout, sys.stderr))
    if isinstance(result, Coroutine):
        result = process.run_loop(result)
    return int(result)


def _keep_to_ascii(environ: Mapping[str, str], *, is_asked: bool) -> None:
    """A terminal set for ASCII gets nothing else; a pipe gets every text as it is."""
    from ims_tui.core.config.locales import is_utf8

    if not is_asked and is_utf8(environ):
        return
    import codecs

    codecs.register_error("cells", _cells)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.isatty():
            stream.reconfigure(encoding="ascii", errors="cells")


def _cells(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return in_ascii(error.object[error.start : error.end]), error.end


def _version() -> int:
    from ims_tui.core.release import VERSION

    sys.stdout.write(f"ims-tui {VERSION}\n")
    return 0

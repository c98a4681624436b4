"""What the program settles for its whole process: libraries, collector, event loop.

Here and nowhere else, called by the entry: to import a module changes nothing else.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Coroutine
from importlib import import_module
from importlib.machinery import PathFinder

from ims_tui.core.errors import ImsTuiError


def prepare() -> None:
    """Settle what libraries look up when they are imported."""
    # A key is painted within 4 ms, not 16. News are painted less often, as the
    # dashboard decides.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    # httpcore tries to import sniffio several times per request. Where there is none,
    # the search through the whole path costs two fifths of the request: answer it once.
    if "sniffio" not in sys.modules and PathFinder.find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]
    # Python has all that msgspec would take from typing_extensions, whose import costs
    # a tenth of the start of a command.
    if not sys.modules.keys() & {"msgspec", "typing_extensions"}:
        sys.modules["typing_extensions"] = None  # type: ignore[assignment]
        import_module("msgspec")
        del sys.modules["typing_extensions"]


def begin_loading() -> None:
    """Look for no garbage while modules are loaded, which stay: that takes 20 ms."""
    gc.disable()


def end_loading() -> None:
    """Look for garbage again, but never in what is loaded by now."""
    gc.freeze()
    gc.enable()


def stay_responsive() -> None:
    """Keep what Python does by itself from delaying a key.

    The garbage collector hardly looks while files are read, and never at what is
    loaded by now; a thread that reads files gives way after a millisecond, not five.
    """
    sys.setswitchinterval(0.001)
    end_loading()
    gc.set_threshold(200_000, 10, 100)  # 10,000 jobs are fewer objects


def run_loop(work: Coroutine[None, None, int]) -> int:
    """Run an event loop whose threads nobody waits for at the end.

    A stream that is closed is met by several tasks at once: what all of a group met
    ends the program as if one had.
    """
    import asyncio
    import logging

    from ims_tui.engine.threads import DaemonThreads

    # What loops say goes nowhere until a log file is open.
    logging.getLogger("ims_tui").addHandler(logging.NullHandler())
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(DaemonThreads())
        try:
            return runner.run(work)
        except ExceptionGroup as group:
            if (one := _one_of(group)) is None:
                raise
            raise one from group


def _one_of(group: ExceptionGroup[Exception]) -> Exception | None:
    """What the program knows how to end by; None where a fault is among them."""
    _, rest = group.split((BrokenPipeError, ImsTuiError))
    if rest is not None:
        return None
    first: Exception = group
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    return first

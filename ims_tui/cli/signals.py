"""Ends a command cleanly when it is told to."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Mapping

from ims_tui.engine.deadline import DEADLINE_S, Deadline

ENDING = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
"""Exit codes of what a signal keeps from its goal."""

SERVING = {signal.SIGINT: 130, signal.SIGTERM: 0}
"""Of what runs until it is told to end: TERM is how that is told."""


async def ended_by_signals(
    work: Coroutine[None, None, int],
    codes: Mapping[signal.Signals, int] = ENDING,
    limit_s: float = DEADLINE_S,
) -> int:
    """Run until done; a signal cancels the work and its code is returned.

    A signal that is ignored, as under nohup, stays so. Where the work does not end
    within `limit_s` after a signal, the process is ended with 128 and its number.
    """
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    code: int | None = None

    def end(number: signal.Signals) -> None:
        nonlocal code
        code = codes[number] if code is None else code
        task.cancel()

    heard = {
        number: 128 + number
        for number in codes
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    for number in heard:
        loop.add_signal_handler(number, end, number)
    Deadline(limit_s=limit_s).watch(heard)
    try:
        return await task
    except asyncio.CancelledError:
        if code is None:
            raise
        return code

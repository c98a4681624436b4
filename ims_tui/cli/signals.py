"""Ends a command cleanly when it is told to."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine

from ims_tui.engine.deadline import DEADLINE_S, Deadline

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def ended_by_signals(
    work: Coroutine[None, None, int],
    signals: tuple[signal.Signals, ...] = ENDING,
    limit_s: float = DEADLINE_S,
) -> int:
    """Run until done; a signal cancels the work and its code is returned.

    A signal that is ignored, as under nohup, stays so. Where the work does not end
    within `limit_s` after a signal, the process is ended.
    """
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    code = 0

    def end(number: int) -> None:
        nonlocal code
        code = code or 128 + number
        task.cancel()

    heard = {
        number: 128 + number
        for number in signals
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    for number in heard:
        loop.add_signal_handler(number, end, number)
    Deadline(limit_s=limit_s).watch(heard)
    try:
        return await task
    except asyncio.CancelledError:
        if not code:
            raise
        return code

"""Runs a program of the operator's: no shell, a group of its own, limited time.

The only place that starts programs, but for the editor, which gets the terminal.
Whatever one that is run does, it ends at its limit with all that it started in its
group, and what it prints beyond a bound is thrown away. A process that left the group
may live on; no pipe of ours waits for it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress

from msgspec import Struct

from ims_tui.core.config.secret_variables import without_credentials

_CHUNK = 8192
_LOOK_S = 0.05
"""Seconds between two looks whether it ended: its pipes may outlive it."""

_GRACE_S = 0.3
"""Time for what it printed last to arrive, where others hold its pipes, too."""

_FLOOD_S = 0.01
"""Pause before more of a flood is read: the rest of the program comes first."""


class Output:
    """What a stream gave, out of sight of tracebacks and `repr`."""

    __slots__ = ("_most", "data", "is_cut")

    def __init__(self, most: int) -> None:
        self._most = most
        self.data = bytearray()
        self.is_cut = False
        """Whether there was more than is kept."""

    async def fill(self, stream: asyncio.StreamReader | None) -> None:
        """Read to the end, so that nobody blocks; what is over the bound is dropped."""
        if stream is None:
            return
        while not stream.at_eof():
            self.data += await stream.read(_CHUNK)
            if len(self.data) > self._most:
                del self.data[self._most :]
                self.is_cut = True
            # A stream that always has more would never let anybody else run.
            await asyncio.sleep(_FLOOD_S if self.is_cut else 0)


class Ended(Struct, frozen=True):
    """How a program ended, and what it printed."""

    status: int | None
    """Exit status, negative for a signal; None where it was ended at its limit."""
    out: Output
    err: Output


async def run_program(
    argv: Sequence[str],
    limit_s: float,
    *,
    given: bytes | None = None,
    environ: Mapping[str, str] | None = None,
    most_bytes: int = 0,
    keeps_out: bool = True,
    ends_all: bool = True,
) -> Ended:
    """Run a program to its end, or end it.

    Args:
        argv: the program and its arguments.
        limit_s: seconds after which it is ended.
        given: what it reads from its standard input; None: nothing.
        environ: its variables; None: ours.
        most_bytes: bytes kept of each stream; 0: its output goes nowhere.
        keeps_out: whether its standard output is kept, too, else its errors alone.
        ends_all: whether what it leaves running in its group is ended with it. Else
            that may go on until the limit, and is waited for.

    Raises:
        OSError: it cannot be started.
        ValueError: the arguments hold a NUL character, or there are none.
    """
    if not argv:
        raise ValueError("no program is named")
    until_s = asyncio.get_running_loop().time() + limit_s
    process = await _started(
        argv,
        given,
        environ,
        stdout=PIPE if most_bytes and keeps_out else DEVNULL,
        stderr=PIPE if most_bytes else DEVNULL,
    )
    out, err = Output(most_bytes), Output(most_bytes)
    streams = [
        asyncio.create_task(_feed(process, given)),
        asyncio.create_task(out.fill(process.stdout)),
        asyncio.create_task(err.fill(process.stderr)),
    ]
    has_ended = False
    try:
        has_ended = await _ended(process, until_s, out)
        await asyncio.wait(streams, timeout=_GRACE_S)
        if has_ended and not ends_all:
            has_ended = await _left_alone(process.pid, until_s)
    finally:
        await _close(process, streams, is_killed=ends_all or not has_ended)
    return Ended(process.returncode if has_ended else None, out, err)


async def start_program(
    argv: Sequence[str], given: bytes | None = None, limit_s: float = 3.0
) -> bool:
    """Start a program of the operator's desk; whether it did what it is there for.

    It gets no variable that holds a credential. What it leaves running goes on: who
    holds the text of a clipboard does. One that is given nothing may go on itself
    after the limit, as a browser does; else it is ended then.

    Args:
        argv: the program and its arguments.
        given: what it reads from its standard input; None: nothing.
        limit_s: seconds for which it is waited for.
    """
    try:
        process = await _started(argv, given, without_credentials(os.environ))
    except (OSError, ValueError):
        return False
    try:
        async with asyncio.timeout(limit_s):
            await process.communicate(given)
    except TimeoutError:
        if given is not None:
            _kill(process.pid)
        return given is None
    return process.returncode == 0


async def _started(
    argv: Sequence[str],
    given: bytes | None,
    environ: Mapping[str, str] | None,
    *,
    stdout: int = DEVNULL,
    stderr: int = DEVNULL,
) -> Process:
    return await asyncio.create_subprocess_exec(
        *argv,
        stdin=DEVNULL if given is None else PIPE,
        stdout=stdout,
        stderr=stderr,
        env=environ,
        start_new_session=True,
    )


async def _feed(process: Process, given: bytes | None) -> None:
    if process.stdin is None or given is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):  # it need not read
        process.stdin.write(given)
        await process.stdin.drain()
        process.stdin.close()


async def _ended(process: Process, until_s: float, out: Output) -> bool:
    """Wait for the program, not for its pipes; a flood of output ends it, too."""
    loop = asyncio.get_running_loop()
    while process.returncode is None:
        if loop.time() >= until_s:
            return False
        if out.is_cut:
            _kill(process.pid)
        await asyncio.sleep(min(_LOOK_S, max(0.0, until_s - loop.time())))
    return True


async def _left_alone(group: int, until_s: float) -> bool:
    """Wait for what it left running in its group; False where that does not end."""
    loop = asyncio.get_running_loop()
    while _is_there(group):
        if loop.time() >= until_s:
            return False
        await asyncio.sleep(_LOOK_S)
    return True


async def _close(
    process: Process, streams: Sequence[asyncio.Task[None]], *, is_killed: bool
) -> None:
    """End the group where it must, and let go of the pipes, whoever else holds them."""
    if is_killed:
        _kill(process.pid)
        # Else closing would take the status from whom the event loop has wait for it.
        until_s = asyncio.get_running_loop().time() + _GRACE_S
        await _ended(process, until_s, Output(0))
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    process._transport.close()  # type: ignore[attr-defined]  # wait() waits for pipes
    await process.wait()


def _kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True

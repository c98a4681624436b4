"""The program with a watch on its event loop: `... FILE ARG...`.

At the end the file has the long steps of the loop, a line each, in their order: when it
began on the system's monotonic clock (s), time of the processor and wall time (ms), and
what was done. On a busy machine wall time tells of the others, too.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

from ims_tui.cli.main import main

LONG_S = 0.005
"""Shorter steps are not kept."""

_long: list[tuple[float, float, float, str]] = []


def watch_loop() -> None:
    """Time each step of whatever loop runs."""
    run = asyncio.Handle._run

    def timed(handle: Any) -> None:
        task = getattr(handle._callback, "__self__", handle._callback)
        wall_s, cpu_s = time.monotonic(), time.thread_time()
        run(handle)
        took_s, used_s = time.monotonic() - wall_s, time.thread_time() - cpu_s
        if used_s >= LONG_S:
            what = f"{task!r} {getattr(task, '_coro', '')}"
            _long.append((wall_s, used_s, took_s, what))

    setattr(asyncio.Handle, "_run", timed)  # noqa: B010


if __name__ == "__main__":
    path = Path(sys.argv.pop(1))
    watch_loop()
    try:
        code = main()
    finally:
        lines = [
            f"{at:.3f} {used * 1000:.1f} {wall * 1000:.1f} {what}"
            for at, used, wall, what in _long
        ]
        path.write_text("\n".join(lines) + "\n")
    sys.exit(code)

"""The program with a watch on its event loop: `... FILE ARG...`.

At the end the file has the longest steps of the loop, a line each: time of the
processor, by which they are ordered, wall time, both in ms, and what was done. On a
busy machine wall time tells of the others, too.
"""

from __future__ import annotations

import asyncio
import heapq
import sys
import time
from pathlib import Path
from typing import Any

from ims_tui.cli.main import main

KEPT = 8
SETTLED_S = 5.0
"""The start is not counted."""

_longest: list[tuple[float, float, float, str]] = []


def watch_loop() -> None:
    """Time each step of whatever loop runs."""
    run, begin_s = asyncio.Handle._run, time.perf_counter()

    def timed(handle: Any) -> None:
        task = getattr(handle._callback, "__self__", handle._callback)
        wall_s, cpu_s = time.perf_counter(), time.thread_time()
        run(handle)
        took_s, used_s = time.perf_counter() - wall_s, time.thread_time() - cpu_s
        if wall_s - begin_s < SETTLED_S:
            return
        if len(_longest) < KEPT or used_s > _longest[0][0]:
            heapq.heappush(_longest, (used_s, took_s, wall_s, repr(task)))
            if len(_longest) > KEPT:
                heapq.heappop(_longest)

    setattr(asyncio.Handle, "_run", timed)  # noqa: B010


if __name__ == "__main__":
    path = Path(sys.argv.pop(1))
    watch_loop()
    try:
        code = main()
    finally:
        lines = [
            f"{used * 1000:7.1f} {wall * 1000:7.1f}  {what}"
            for used, wall, _, what in sorted(_longest, reverse=True)
        ]
        path.write_text("\n".join(lines) + "\n")
    sys.exit(code)

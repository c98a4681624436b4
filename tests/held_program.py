"""The program with a clock that stands still while a file is there: `... FILE ARG...`.

So that what a terminal shows can be compared with a full repaint, no cell ticks and no
reply comes meanwhile. Toasts are gone at once or stay, so that none leaves meanwhile.
On SIGRTMIN a file beside it gets how many tasks and objects there are.
"""

from __future__ import annotations

import asyncio
import gc
import random
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from ims_tui.adapters.clock import SystemClock
from ims_tui.cli.main import main
from ims_tui.ui.app import ImsTui

BRIEF_S = 0.4
"""How long a toast is shown that goes; the others stay."""


def hold(path: str) -> None:
    """Have all clocks stand still while there is such a file."""
    ways: dict[str, Any] = {"now": SystemClock.now, "monotonic": SystemClock.monotonic}
    last: dict[str, datetime | float] = {}

    def held(name: str) -> Any:
        def read(self: SystemClock) -> Any:
            if name not in last or not Path(path).exists():
                last.update({each: way(self) for each, way in ways.items()})
            return last[name]

        return read

    for name in ways:
        setattr(SystemClock, name, held(name))


def hurry_toasts(seed: str) -> None:
    """Let toasts come and go; all of them go where the seed is `brief`."""
    chance = random.Random(seed)
    waits_s = (BRIEF_S,) if seed == "brief" else (BRIEF_S, 600.0)
    tell = ImsTui.tell

    def told(app: ImsTui, text: str, *, is_bad: bool = False, **_: float) -> None:
        tell(app, text, is_bad=is_bad, seconds=chance.choice(waits_s))

    ImsTui.tell = told  # type: ignore[method-assign, assignment]


def count_on_signal(path: str) -> None:
    """Have a signal write how many tasks and objects there are."""

    def counted(*_: object) -> None:
        counts = f"{len(asyncio.all_tasks())} {len(gc.get_objects())}"
        new = Path(f"{path}.new")
        new.write_text(counts)
        new.replace(path)

    signal.signal(signal.SIGRTMIN, counted)


if __name__ == "__main__":
    count_on_signal(f"{sys.argv[1]}.counts")
    hold(sys.argv.pop(1))
    hurry_toasts(sys.argv.pop(1))
    sys.exit(main())

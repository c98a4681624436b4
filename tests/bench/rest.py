"""What the program costs while nobody types, beside htop in the same run."""

from __future__ import annotations

import shutil
import sys

from tests.bench.home import PROGRAM, home
from tests.bench.service import running
from tests.bench.terminal import Cost, Terminal

UNFOCUSED = b"\x1b[O"
KIB = 1024


def at_rest(
    command: list[str], environ: dict[str, str], seconds: float, keys: bytes = b""
) -> Cost:
    """The cost of a program in a terminal of 140x40 that was left alone."""
    with Terminal(command, columns=140, rows=40, environ=environ) as terminal:
        terminal.record_all(8.0)
        if keys:
            terminal.send(keys)
            terminal.record_all(2.0)
        return terminal.cost(seconds)


def main(seconds: float = 30.0) -> int:
    """Measure active, unfocused, finished; htop before and after."""
    htop = shutil.which("htop")
    peer = at_rest([htop], {}, seconds) if htop else None
    with running() as endpoint:
        with home(running=45, endpoint=endpoint) as environ:
            active = at_rest(PROGRAM, environ, seconds)
            unfocused = at_rest(PROGRAM, environ, seconds, UNFOCUSED)
        with home(finished=200, endpoint=endpoint) as environ:
            idle = at_rest(PROGRAM, environ, seconds)
    print(f"htop                        {peer or 'not installed'}")
    print(f"45 active rows              {active}")
    print(f"45 active rows, unfocused   {unfocused}")
    print(f"200 finished rows           {idle}")
    if peer:
        more = active.cpu_percent - peer.cpu_percent
        print(f"active: {more:+.2f} % of a core beside htop (goal +3)")
        print(f"idle: {idle.cpu_percent / peer.cpu_percent:.2f} times htop (goal 1)")
    print(f"active: {active.bytes_per_s / KIB:.1f} KiB/s (goal 8)")
    print(f"idle: {idle.bytes_per_s:.0f} bytes/s (goal 0)")
    cpu = unfocused.cpu_percent / active.cpu_percent
    size = unfocused.bytes_per_s / active.bytes_per_s
    print(f"unfocused: CPU {cpu:.2f}, bytes {size:.2f} of focused (goal 0.1)")
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0))

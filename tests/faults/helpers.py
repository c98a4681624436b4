"""Programs of the operator's: helpers of credentials and hooks that misbehave."""

from __future__ import annotations

import asyncio
import random
import shlex
import time

from ims_tui.adapters.program import run_program
from tests.faults.room import Room

LIMIT_S = 0.4
LATE_S = 3.0
"""Beyond its limit a program is over by then, also on a busy machine."""

MOST = 4096
FIRST = (
    "echo token",
    "cat",
    "printf '\\033[2J\\377\\000'",
    "true",
    "exec 0<&-",
    "nope",
)
WORSE = (
    *("yes", "yes >&2", "head -c 99999 /dev/zero", "sleep 30 &", "sleep 30", "kill $$"),
    *("trap '' TERM HUP; sleep 30", "exec >&- 2>&-; sleep 30", "kill -STOP $$"),
    *("(trap '' TERM; sleep 30) &", "exit 255", "setsid sleep 2 &", "ulimit -f 0; yes"),
)


def attempt(seed: int) -> str:
    """One program: over within its limit, with no more kept than was asked for."""
    chance = random.Random(seed)
    script = "; ".join([*chance.choices(FIRST, k=2), chance.choice(WORSE)])
    script = script.replace("&;", "&")
    given = chance.choice([None, b"", b"x" * 200_000])
    ends_all = chance.random() < 0.7
    run = run_program(
        ["/bin/sh", "-c", script],
        LIMIT_S,
        given=given,
        environ={"PATH": "/usr/bin:/bin"},
        most_bytes=chance.choice([0, MOST]),
        ends_all=ends_all,
    )
    began_s = time.monotonic()
    ended = asyncio.run(run)
    took_s = time.monotonic() - began_s
    assert took_s < LIMIT_S + LATE_S, f"{took_s:.1f} s: {shlex.quote(script)}"
    for output in (ended.out, ended.err):
        assert len(output.data) <= MOST
    if ended.status is None:
        return "ended at its limit"
    return "ended" if not (ended.out.is_cut or ended.err.is_cut) else "a flood"


ROOM = Room(
    "helpers",
    attempt,
    frozenset({"ended at its limit", "ended", "a flood"}),
    short=25,
    long=1_000,
)

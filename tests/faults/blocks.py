"""The longest steps of the event loop, by hand; the goal is 50 ms each.

`python -m tests.faults.blocks` runs the dashboard in a pty, then `watch`, on fifty jobs
whose replies are as large as they may be, and prints for each the five longest steps;
`... keys` presses each key of the demo that opens or turns something, twice.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import NamedTuple

from ims_tui.simulator.message import Request, Response, json_response
from tests.bench.home import home
from tests.bench.report import say
from tests.bench.terminal import Terminal
from tests.scripted_service import ScriptedApi, served

JOBS = 50
SPAN_S = 40.0
TOLD = 5
SETTLED_S = 5.0
"""The start is not counted: nothing is polled before the first frame."""


def _subs(count: int, inner: int) -> dict[str, object]:
    below = [{"status": "RUNNING", "entities": {}}] * inner
    sub = {
        "status": "RUNNING",
        "job_type": "importImage",
        "begin_time": "2026-11-23T11:00:00Z",
        "entities": {"process_percent": 0.5, "image_name": "é" * 9, "sub_jobs": below},
    }
    return {"sub_jobs": [sub] * count}


ENTITIES: tuple[dict[str, object], ...] = (
    _subs(5_000, 0),
    _subs(120, 70),
    {"values": [[0] * 1_900] * 26},
    {"objects": [[{}] * 1_900] * 12},
    {f"name {number}": number for number in range(49_000)},
    {"text": ["\u202e\x1b名" * 500] * 190},
    {"line": "\x1b" * 300_000},
    {"small": [[]] * 3_000},
)
BODIES = [
    {"status": "RUNNING", "begin_time": "2026-11-23T11:00:00Z", "entities": each}
    for each in ENTITIES
]
ODD = (
    b'{"status": "RUNNING", "x": [' + b"1," * 49_000 + b"]}",
    b'{"a": "' + b"x" * 2_000_000,
    b"<" * 2_000_000,
    b'"' + b'\\"' * 1_000_000,
    b"[" * 2_000_000,
)


def answers() -> Callable[[Request], Response]:
    """Each request meets the next reply."""
    given = [json_response(200, body) for body in BODIES]
    kinds = (("Content-Type", "application/json"),)
    given += [Response(200, body, kinds) for body in ODD]
    given += [Response(500, body, kinds) for body in ODD]
    count = 0

    def answer(_: Request) -> Response:
        nonlocal count
        count += 1
        return given[count % len(given)]

    return answer


async def serve() -> None:
    """Print the address, and serve until killed."""
    async with served(ScriptedApi(answers())) as url:
        say(url)
        await asyncio.Event().wait()


@contextmanager
def service() -> Iterator[str]:
    """The service in a process of its own; gives its address."""
    command = [sys.executable, "-m", "tests.faults.blocks", "--serve"]
    with Popen(command, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


class Step(NamedTuple):
    """One step of the event loop."""

    at_s: float
    """On the system's monotonic clock."""
    used_ms: float
    """Of the processor."""
    took_ms: float
    """By the clock on the wall."""
    what: str

    @classmethod
    def read(cls, path: Path) -> list[Step]:
        """What the program wrote at its end."""
        lines = [line.split(" ", 3) for line in path.read_text().splitlines()]
        return [cls(float(a), float(u), float(t), w) for a, u, t, w in lines if a]

    def __str__(self) -> str:
        return f"{self.used_ms:7.1f} {self.took_ms:7.1f}  {self.what[:160]}"


@contextmanager
def timed(
    words: list[str], environ: dict[str, str] | None = None
) -> Iterator[tuple[Terminal, list[Step]]]:
    """The program in a pty; its steps are there when it has ended."""
    steps: list[Step] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "steps")
        command = [sys.executable, "-m", "tests.faults.timed_program", str(path)]
        with Terminal([*command, *words], environ=environ) as terminal:
            yield terminal, steps
        steps += Step.read(path)


def while_replies_come(words: list[str], keys: list[bytes]) -> list[Step]:
    """The steps of a run of the program on such replies, without those of its start."""
    chance = random.Random(0)
    with (
        service() as url,
        home(listed=JOBS, endpoint=url) as environ,
        timed(words, environ) as (terminal, steps),
    ):
        for _ in range(int(SPAN_S)):
            terminal.record_all(1.0)
            if keys:
                terminal.send(chance.choice(keys))
    return [step for step in steps if step.at_s > terminal.started_s + SETTLED_S]


OPENED = b"ansP#TMeY%EcDBLw?," + bytes([16, 5, 20, 15])
"""Keys of dialogs and screens; escape leads back."""

TURNED = b"Hbzm1111t\x0c}]"
"""Keys of the table."""


def of_keys() -> Iterator[tuple[str, list[Step]]]:
    """Each key with the steps that it took at first and the second time."""
    pressed: list[tuple[float, str]] = []
    with home() as environ, timed(["demo"], environ) as (terminal, steps):
        terminal.wait_for(b"rocky9")
        terminal.record_all(SETTLED_S)
        for key in OPENED + TURNED:
            for time in ("first", "again"):
                pressed.append((terminal.send(bytes([key])), f"{key:c} {time}"))
                terminal.record_all(1.0)
                if key in OPENED:
                    pressed.append((terminal.send(b"\x1b"), f"{key:c} back {time}"))
                    terminal.record_all(0.7)
    ends = [at_s for at_s, _ in pressed[1:]] + [float("inf")]
    for (at_s, name), end_s in zip(pressed, ends, strict=True):
        yield name, [step for step in steps if at_s <= step.at_s < end_s]


def main() -> None:
    """Measure what is asked for, or serve."""
    if "--serve" in sys.argv:
        asyncio.run(serve())
    if "keys" in sys.argv:
        say("key: longest step: processor, wall (ms), step")
        for name, steps in of_keys():
            step = max(steps, key=lambda step: step.used_ms, default=None)
            say(f"{name!r:16}{step or 'below 5 ms'}")
        return
    for words, keys in (
        ([], [b"j", b"j", b"k", b"\r", b"\t", b"l", b"\x1b"]),
        (["watch", "--jsonl", "--metrics-port", "0"], []),
    ):
        say(f"{' '.join(['ims-tui', *words])}: processor, wall (ms), step")
        steps = while_replies_come(words, keys)
        for step in sorted(steps, key=lambda step: -step.used_ms)[:TOLD]:
            say(str(step))


if __name__ == "__main__":
    main()

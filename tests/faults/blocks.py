"""The longest steps of the event loop while hostile replies arrive, by hand.

`python -m tests.faults.blocks` runs the dashboard in a pty, then `watch`, on fifty jobs
whose replies are as large as they may be, and prints for each the five longest steps.
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

from ims_tui.simulator.message import Request, Response, json_response
from tests.bench.home import home
from tests.bench.report import say
from tests.bench.terminal import Terminal
from tests.scripted_service import ScriptedApi, served

JOBS = 50
SPAN_S = 40.0
TOLD = 5


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


def longest(words: list[str], keys: list[bytes], span_s: float = SPAN_S) -> list[str]:
    """The longest steps of a run of the program on such replies, the longest first."""
    chance = random.Random(0)
    with (
        tempfile.TemporaryDirectory() as folder,
        service() as url,
        home(listed=JOBS, endpoint=url) as environ,
    ):
        path = Path(folder, "steps")
        command = [sys.executable, "-m", "tests.faults.timed_program", str(path)]
        with Terminal([*command, *words], environ=environ) as terminal:
            for _ in range(int(span_s)):
                terminal.record_all(1.0)
                if keys:
                    terminal.send(chance.choice(keys))
        return path.read_text().splitlines()


def main() -> None:
    """Measure both, or serve them."""
    if "--serve" in sys.argv:
        asyncio.run(serve())
    for words, keys in (
        ([], [b"j", b"j", b"k", b"\r", b"\t", b"l", b"\x1b"]),
        (["watch", "--jsonl", "--metrics-port", "0"], []),
    ):
        say(f"{' '.join(['ims-tui', *words])}: processor, wall (ms), step")
        for line in longest(words, keys)[:TOLD]:
            say(line)


if __name__ == "__main__":
    main()

"""One look at 1,000 jobs without a budget, beside a bare httpx loop and the SDK.

Each runs in a process of its own against the same service on loopback.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests.bench.home import home, places
from tests.bench.load import PROFILE, job_id
from tests.bench.report import Figure, say
from tests.bench.service import running

JOBS = 1000
CONCURRENCIES = (4, 6, 8)
THREADS = 8


class Sweep(NamedTuple):
    """What a sweep took."""

    wall_s: float
    cpu_s: float


def ours(url: str) -> None:
    """The program without a screen: tracker, lane, store, budget book, state file."""
    import httpx

    import ims_tui.adapters.ims  # noqa: F401 - importing httpx is no part of a sweep
    from ims_tui.core.config.settings import PollSettings, Profile, Settings, TokenSpec
    from ims_tui.core.config.values import Rate
    from ims_tui.core.ports import FixedConfig
    from ims_tui.core.signin.secret import Secret
    from ims_tui.core.state.entry import Entry
    from ims_tui.wiring import build_runtime

    async def sweep(environ: dict[str, str]) -> Sweep:
        profile = Profile(
            PROFILE,
            endpoint=url,
            auth=TokenSpec(Secret("x"), source=""),
            project_id="p",
        )
        poll = PollSettings(budget=Rate(10_000_000, 1.0))
        settings = Settings({PROFILE: profile}, PROFILE, poll=poll)
        runtime = build_runtime(settings, places(environ), FixedConfig(settings))
        done = asyncio.Event()
        began: list[float] = []
        store, unasked = runtime.store, list[Entry]()

        def look() -> None:
            if not began and not store.snapshot().is_loading:
                began[:] = time.perf_counter(), time.process_time()
                unasked.extend(store.entries())
            while unasked and (entry := store.get(unasked[-1].key)) and entry.polls:
                unasked.pop()  # each is looked at once: the sweep is what is measured
            if began and not unasked:
                done.set()

        runtime.on_change = look
        run = asyncio.create_task(runtime.run())
        await done.wait()
        took = Sweep(time.perf_counter() - began[0], time.process_time() - began[1])
        run.cancel()
        await asyncio.wait([run])
        return took

    httpx.AsyncClient()  # which imports the other half of it
    with home(listed=JOBS) as environ:
        _tell(asyncio.run(sweep(environ)))


def bare(url: str, concurrency: int) -> None:
    """httpx and nothing else: get, check, read the JSON."""
    import httpx

    async def sweep() -> Sweep:
        async with httpx.AsyncClient(
            base_url=url, headers={"x-auth-token": "x"}
        ) as client:
            todo = iter(range(JOBS))

            async def work() -> None:
                for number in todo:
                    reply = await client.get(f"/v1/cloudimages/job/{job_id(number)}")
                    assert reply.status_code == 200
                    json.loads(reply.content)

            began, cpu = time.perf_counter(), time.process_time()
            await asyncio.gather(*(work() for _ in range(concurrency)))
            return Sweep(time.perf_counter() - began, time.process_time() - cpu)

    _tell(asyncio.run(sweep()))


def sdk(url: str) -> None:
    """The official client in threads."""
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkims.v2 import ImsClient, ShowJobProgressRequest

    credentials = BasicCredentials("AK", "SK", "p")
    client = (
        ImsClient.new_builder()
        .with_credentials(credentials)
        .with_endpoints([url])
        .build()
    )

    def show(number: int) -> None:
        client.show_job_progress(ShowJobProgressRequest(job_id=job_id(number)))

    began, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(show, range(JOBS)))
    _tell(Sweep(time.perf_counter() - began, time.process_time() - cpu))


def _tell(sweep: Sweep) -> None:
    say(json.dumps(sweep))


def _run(url: str, *what: str) -> Sweep:
    command = [sys.executable, "-m", "tests.bench.sweep", url, *what]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Sweep(*json.loads(done.stdout.splitlines()[-1]))


def measure(runs: int = 5) -> list[Figure]:
    """Sweep in turn; the best concurrency of the bare loop counts."""
    ways = [("ours",), *(("bare", str(n)) for n in CONCURRENCIES), ("sdk",)]
    with running() as url:
        all_runs = [[_run(url, *way) for way in ways] for _ in range(runs)]
    found = {
        " ".join(way): Sweep(*map(statistics.median, zip(*sweeps, strict=True)))
        for way, sweeps in zip(ways, zip(*all_runs, strict=True), strict=True)
    }
    for name, sweep in found.items():
        say(f"  {name:8} wall {sweep.wall_s:.2f} s  CPU {sweep.cpu_s:.2f} s")
    mine, official = found["ours"], found["sdk"]
    bares = [found[f"bare {n}"] for n in CONCURRENCIES]
    best_wall, best_cpu = min(b.wall_s for b in bares), min(b.cpu_s for b in bares)
    return [
        Figure("sweep of 1,000: wall beside bare httpx", mine.wall_s / best_wall, 1.3),
        Figure("sweep of 1,000: CPU beside bare httpx", mine.cpu_s / best_cpu, 1.3),
        Figure("sweep of 1,000: wall beside the SDK", mine.wall_s / official.wall_s, 1),
    ]


def main(url: str, what: str, *more: str) -> None:
    """One sweep in this process."""
    ways: dict[str, Callable[[], None]] = {
        "ours": lambda: ours(url),
        "bare": lambda: bare(url, int(more[0])),
        "sdk": lambda: sdk(url),
    }
    ways[what]()


if __name__ == "__main__":
    main(*sys.argv[1:])

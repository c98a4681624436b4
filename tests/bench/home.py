"""A home directory with a list of jobs, for the program as an operator starts it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ims_tui.adapters.places import find_places
from ims_tui.adapters.statedb import StateDb
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.config.places import Places
from ims_tui.core.state.stored_reply import stored
from ims_tui.core.watchlist.watch import Watch
from tests.bench.load import (
    PROFILE,
    archived_jobs,
    entries,
    job_id,
    label,
    moment,
)

PROGRAM = [sys.executable, "-m", "ims_tui"]


@contextmanager
def home(
    running: int = 0,
    finished: int = 0,
    listed: int = 0,
    archived: int = 0,
    endpoint: str = "http://127.0.0.1:9",
) -> Iterator[dict[str, str]]:
    """Variables of an operator with jobs of an earlier run, and just listed ones."""
    with tempfile.TemporaryDirectory(prefix="ims-tui-bench-") as name:
        environ = {
            "HOME": name,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            **{f"XDG_{k}_HOME": f"{name}/{k}" for k in ("CONFIG", "DATA", "STATE")},
            "IMS_TUI_ENDPOINT": endpoint,
            "IMS_TUI_TOKEN": "bench",
        }
        fill(places(environ), running, finished, listed)
        fill_archive(places(environ), archived)
        yield environ


def places(environ: dict[str, str]) -> Places:
    """The files of that operator."""
    return find_places(environ)


def fill(places: Places, running: int, finished: int, listed: int) -> None:
    """Write list and state; finished jobs have the higher numbers."""
    now = moment()
    known = list(entries(running, "RUNNING", now))
    known += list(entries(running + finished, "SUCCESS", now))[running:]
    places.watchlist.parent.mkdir(parents=True, exist_ok=True)
    new = [Watch(job_id(n), PROFILE, label(n), added=now.wall) for n in range(listed)]
    WatchFile(places.watchlist).save([*(entry.watch for entry in known), *new])
    with closing(StateDb(places.state)) as db:
        db.save([poll for e in known if (poll := stored(e)) is not None], [])


def fill_archive(places: Places, count: int) -> None:
    """Write an archive."""
    if count:
        with closing(StateDb(places.state)) as db:
            db.archive(list(archived_jobs(count, moment())))

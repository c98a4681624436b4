"""Kills at any moment: what was said to be saved is there, and every file is whole."""

from __future__ import annotations

import multiprocessing
import random
import tempfile
import time
from contextlib import closing, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from ims_tui.adapters.statedb import StateDb
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.watchlist.watch import Watch
from tests.adapters.stored import ended
from tests.faults.room import Room

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
"""A writer costs a fork, not a start of Python with all that it imports."""


def write(list_path: Path, db_path: Path, said: Connection) -> None:
    """Write list and archive as the program does, and say what is saved."""
    file, db = WatchFile(list_path), StateDb(db_path)
    watches = list(file.load().watches)
    said.send(("begun", 0))
    for number in range(1, 500):
        watches.append(Watch(f"{number:032x}", "prod"))
        file.save(watches)
        said.send(("listed", number))
        if number % 3 == 0:
            job = ended(number)
            db.archive([job])
            watches = [watch for watch in watches if watch.key != job.key]
            file.save(watches)
            said.send(("archived", number))


def attempt(seed: int) -> str:
    """One writer of list and archive, killed a moment after one of its saves."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "watchlist.toml"), Path(folder, "state.db")
        receiver, sender = FORKS.Pipe(duplex=False)
        writer = FORKS.Process(target=write, args=(*paths, sender), daemon=True)
        writer.start()
        sender.close()
        said = [receiver.recv() for _ in range(chance.randrange(1, 20))]
        time.sleep(chance.random() * 0.02)
        writer.kill()
        with suppress(EOFError, OSError):  # the last may be cut
            while True:
                said.append(receiver.recv())
        writer.join()
        listed = {watch.job_id for watch in WatchFile(paths[0]).load().watches}
        with closing(StateDb(paths[1])) as db:
            kept = {row.key.job_id for row in db.archive_page(None, 999)[0]}
            assert db.notices() == []
    for what, number in said[1:]:
        job_id = f"{number:032x}"
        assert job_id in kept or (what == "listed" and job_id in listed), job_id
    return "killed while it wrote" if said[1:] else "killed before"


ROOM = Room("kills", attempt, frozenset({"killed while it wrote"}), short=8, long=1_000)

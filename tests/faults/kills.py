"""Kills at any moment: what was said to be saved is there, and every file is whole."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from ims_tui.adapters.statedb import StateDb
from ims_tui.adapters.watchfile import WatchFile
from tests.faults.room import Room

ROOT = Path(__file__).parent.parent.parent
WRITER = """
import sys
from pathlib import Path
from ims_tui.adapters.statedb import StateDb
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.watchlist.watch import Watch
from tests.adapters.stored import ended

file, db = WatchFile(Path(sys.argv[1])), StateDb(Path(sys.argv[2]))
watches, number = list(file.load().watches), 0
print("begun", flush=True)
while number < 500:
    number += 1
    watches.append(Watch(f"{number:032x}", "prod"))
    file.save(watches)
    print("listed", number, flush=True)
    if number % 3 == 0:
        job = ended(number)
        db.archive([job])
        watches = [watch for watch in watches if watch.key != job.key]
        file.save(watches)
        print("archived", number, flush=True)
"""


def attempt(seed: int) -> str:
    """One writer of list and archive, killed after a while."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "watchlist.toml"), Path(folder, "state.db")
        command = [sys.executable, "-c", WRITER, *map(str, paths)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(chance.random() * 0.3)
            writer.kill()
            said = [line.split() for line in writer.stdout.read().splitlines()]
        said = [line for line in said if len(line) == 2]  # the last may be cut
        listed = {watch.job_id for watch in WatchFile(paths[0]).load().watches}
        with closing(StateDb(paths[1])) as db:
            kept = {row.key.job_id for row in db.archive_page(None, 999)[0]}
            assert db.notices() == []
    for what, number in said:
        job_id = f"{int(number):032x}"
        assert job_id in kept or (what == "listed" and job_id in listed), job_id
    return "killed while it wrote" if said else "killed before"


ROOM = Room("kills", attempt, frozenset({"killed while it wrote"}), short=3, long=200)

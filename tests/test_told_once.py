"""Real processes on one list: told once between them, whatever is killed.

A kill between telling and writing it down repeats what is urgent, and nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import Popen

import pytest

from ims_tui.core.notices.pace import HOUR_S
from tests.chat_server import ChatServer
from tests.cli.program import Program, until
from tests.cli.service import Service, failed, job_id, running, succeeded

CONFIG = """
[poll]
min_interval = "1s"
max_interval = "2s"
[notify]
min_duration = "0"
coalesce = "1s"
events = ["fail", "success"]
[notify.channels.team]
kind = "json"
url_env = "TEAM_URL"
"""
JOBS = [job_id(number) for number in range(6)]


class World:
    """A list that `watch` runs on, more than once."""

    def __init__(self, home: Path, service: Service, chat: ChatServer) -> None:
        self.program = Program(home, service.url)
        self.program.environ["TEAM_URL"] = chat.url
        self.program.configure(CONFIG)
        self.chat = chat
        self.running: list[Popen[str]] = []
        chat.on_post = self._on_post
        self.kills = False

    def _on_post(self) -> None:
        if self.kills:
            self.kill()

    def start(self) -> None:
        self.running.append(self.program.start("watch"))

    def kill(self) -> None:
        for process in self.running:
            process.kill()
            process.communicate()
        self.running.clear()

    @property
    def told(self) -> Counter[str]:
        """How often each thing was told, by event and last digit of the id."""
        news = (one for body in self.chat.bodies for one in json.loads(body)["news"])
        return Counter(f"{n['event']} {n['job']['job_id'][-1]}" for n in news)

    def pass_an_hour(self) -> None:
        """For what is stored: the time of whoever took news is over, too."""
        path = self.program.home / "state" / "ims-tui" / "state.db"
        with closing(sqlite3.connect(path, timeout=10)) as db, db:
            db.execute("UPDATE outbox SET due_s=due_s-?", (HOUR_S,))
            db.execute("UPDATE messages SET sent_s=sent_s-?", (HOUR_S,))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[World, Service]]:
    with Service() as service, ChatServer() as chat:
        world = World(tmp_path, service, chat)
        try:
            yield world, service
        finally:
            world.kills = False
            world.kill()


def test_two_processes_and_kills_while_telling(world: tuple[World, Service]) -> None:
    copies, service = world
    service.jobs = {job: running() for job in JOBS}
    copies.program.run("add", *JOBS)
    for _ in range(2):
        copies.start()
    until(lambda: set(service.asked) >= set(JOBS), "the first requests")
    service.jobs |= {JOBS[0]: failed(), JOBS[1]: succeeded()}
    until(lambda: len(copies.told) == 2, "what two copies tell")

    copies.kills = True
    service.jobs[JOBS[2]] = failed()
    until(lambda: not copies.running, "the kill of both while one tells")
    copies.kills = False
    assert copies.told["fail 2"] == 1
    copies.pass_an_hour()
    for _ in range(2):
        copies.start()
    until(lambda: copies.told["fail 2"] == 2, "the failure again")
    copies.pass_an_hour()

    copies.kills = True
    service.jobs[JOBS[3]] = succeeded()
    until(lambda: not copies.running, "the kill while good news are told")
    copies.kills = False
    copies.pass_an_hour()
    copies.start()
    service.jobs[JOBS[4]] = succeeded()
    until(lambda: copies.told["success 4"] == 1, "what came later")
    once = {"fail 0": 1, "success 1": 1, "success 3": 1, "success 4": 1}
    assert copies.told == once | {"fail 2": 2}

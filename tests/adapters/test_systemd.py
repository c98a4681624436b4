"""What is told to systemd, on a real socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ims_tui.adapters.systemd import MOST_STATUS, ServiceState, is_journal


@pytest.fixture(params=["path", "abstract"])
def told(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[socket.socket, str]]:
    """A socket as systemd opens it, and its name in the variable."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@{tmp_path}"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        listening.bind(name.replace("@", "\0"))
        listening.settimeout(5.0)
        yield listening, name


def test_each_state_is_one_message(told: tuple[socket.socket, str]) -> None:
    listening, name = told
    environ = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000000"}
    state = ServiceState(environ | {"WATCHDOG_PID": str(os.getpid())})
    assert state.watchdog_s == 30.0
    for tell, message in (
        (state.ready, "READY=1"),
        (state.stopping, "STOPPING=1"),
        (state.alive, "WATCHDOG=1"),
    ):
        tell()
        assert listening.recv(4096).decode() == message
    state.reloading()
    first, second = listening.recv(4096).decode().split("\n")
    assert first == "RELOADING=1"
    assert second.removeprefix("MONOTONIC_USEC=").isdecimal()
    for text in ("3 run", "3 run", "2 run", "x" * 9999):
        state.status(text)
    said = [listening.recv(4096).decode() for _ in range(3)]
    assert said == ["STATUS=3 run", "STATUS=2 run", "STATUS=" + "x" * MOST_STATUS]


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"},
        {"NOTIFY_SOCKET": "/nowhere/socket"},
        {"NOTIFY_SOCKET": "vsock:2:1234"},
    ],
)
def test_without_systemd_nothing_is_sent_and_nothing_fails(
    environ: dict[str, str],
) -> None:
    state = ServiceState(environ)
    assert state.watchdog_s is None
    state.ready()
    state.alive()


def test_a_stream_is_the_journal_only_where_it_is_the_one_named(tmp_path: Path) -> None:
    with (tmp_path / "journal").open("w") as journal, (tmp_path / "x").open("w") as x:
        found = os.fstat(journal.fileno())
        environ = {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}
        assert is_journal(environ, journal.fileno())
        assert not is_journal(environ, x.fileno())
        assert not is_journal({}, journal.fileno())
    assert not is_journal(environ, 9999)

"""The end comes in time: whatever a thread, a disk or the event loop is busy with."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import logging
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ims_tui.adapters.pollers import in_company, is_polled, polling
from ims_tui.adapters.statedb import StateDb
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.errors import UnseenError
from ims_tui.core.state.store import EventKind, JobStore
from ims_tui.core.watchlist.watch import LoadReport, Watch
from ims_tui.engine.saver import LAST_S, LOOK_S, NOT_IN_TIME, Saver
from ims_tui.engine.threads import DaemonThreads
from tests.cli.program import ROOT, hear_signals
from tests.engine.test_saver import HandClock
from tests.pty_screen import PtyScreen
from tests.test_terminal import RESTORED

A, B = (Watch(letter * 32, label=letter) for letter in "ab")
AT_MOST_S = 2.0
"""How long an end may take."""


def saver(
    folder: Path,
    list_file: WatchFile | None = None,
    is_shared: Callable[[], bool] = lambda: False,
    clock: HandClock | None = None,
) -> tuple[JobStore, Saver]:
    store = JobStore()
    return store, Saver(
        store,
        list_file or WatchFile(folder / "watchlist.toml"),
        StateDb(folder / "state.db"),
        clock or HandClock(),
        on_added=lambda entry: None,
        on_removed=lambda key: None,
        on_change=lambda: None,
        is_shared=is_shared,
    )


# -- threads ---------------------------------------------------------------------------


def test_calls_of_one_thread_come_in_order_and_their_faults_come_back() -> None:
    threads, order = DaemonThreads(1), list[int]()
    futures = [threads.submit(order.append, number) for number in range(100)]
    broken = threads.submit(lambda: 1 // 0)
    assert isinstance(broken.exception(10), ZeroDivisionError)
    assert all(future.done() for future in futures)
    assert order == list(range(100))
    threads.shutdown()
    with pytest.raises(RuntimeError):
        threads.submit(order.append, 1)


def test_a_call_that_hangs_holds_up_neither_others_nor_the_end() -> None:
    threads, never = DaemonThreads(3), threading.Event()
    threads.submit(never.wait)
    threads.submit(never.wait)
    assert threads.submit(lambda: 7).result(10) == 7
    threads.shutdown(wait=True)
    never.set()


HANGING = """
import socket, sys, time
socket.getaddrinfo = lambda *a, **k: time.sleep(60)
from ims_tui.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def hanging(home: Path, *words: str) -> subprocess.Popen[str]:
    """The program on a machine whose name server never answers."""
    return subprocess.Popen(
        [sys.executable, "-c", HANGING, *words],
        env={
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "IMS_TUI_ENDPOINT": "https://ims.example.com",
            "IMS_TUI_TOKEN": "token",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    )


def test_a_time_out_does_not_wait_for_the_name_server(tmp_path: Path) -> None:
    began_s = time.monotonic()
    process = hanging(tmp_path, "wait", A.job_id, "--timeout", "1s", "--add")
    process.communicate(timeout=30)
    assert process.returncode == 124
    # Three times what it takes on a quiet machine; the look-up takes a minute.
    assert time.monotonic() - began_s < 10


@pytest.mark.parametrize(
    ("command", "number", "code"),
    [("wait", signal.SIGINT, 130), ("watch", signal.SIGTERM, 0)],
)
def test_a_signal_does_not_wait_for_the_name_server(
    tmp_path: Path, command: str, number: signal.Signals, code: int
) -> None:
    hanging(tmp_path, "add", A.job_id).communicate(timeout=30)
    process = hanging(tmp_path, command, *([A.job_id] if command == "wait" else []))
    lock = tmp_path / ".local" / "state" / "ims-tui" / "ims-tui.log"
    until_s = time.monotonic() + 30
    while not lock.exists() and time.monotonic() < until_s:
        time.sleep(0.05)
    began_s = time.monotonic()
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == code
    assert time.monotonic() - began_s < 2 * AT_MOST_S


# -- files -----------------------------------------------------------------------------


class StuckList(WatchFile):
    """A list on a disk that hangs."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.goes_on = threading.Event()

    def save(self, watches: Sequence[Watch]) -> LoadReport:
        self.goes_on.wait(30)
        return super().save(watches)


@pytest.mark.parametrize("is_under_way", [False, True])
async def test_a_disk_that_hangs_is_said_and_not_waited_for(
    tmp_path: Path, is_under_way: bool
) -> None:
    file = StuckList(tmp_path / "watchlist.toml")
    store, kept = saver(tmp_path, file)
    await kept.load()
    store.put_watch(A)
    kept.list_changed()
    run = asyncio.create_task(kept.run())
    if is_under_way:
        await asyncio.sleep(0.05)
    began_s = time.monotonic()
    run.cancel()
    await asyncio.wait([run])
    await kept.close()
    assert LAST_S <= time.monotonic() - began_s < AT_MOST_S
    assert kept.unsaved == NOT_IN_TIME
    file.goes_on.set()


async def test_a_locked_state_file_costs_neither_the_list_nor_the_end(
    tmp_path: Path,
) -> None:
    store, kept = saver(tmp_path)
    await kept.load()
    store.put_watch(A)
    kept.list_changed()
    kept.keep_view({"sort": "label"})
    other = sqlite3.connect(tmp_path / "state.db")
    other.execute("BEGIN EXCLUSIVE")
    began_s = time.monotonic()
    await kept.close()
    other.close()
    assert time.monotonic() - began_s < AT_MOST_S
    assert WatchFile(tmp_path / "watchlist.toml").load().watches == (A,)
    assert "locked" in kept.unkept


async def test_what_was_chosen_just_before_the_end_is_kept(tmp_path: Path) -> None:
    _, kept = saver(tmp_path)
    await kept.load()
    kept.keep_view({"sort": "label"})
    await kept.close()
    assert kept.unkept == ""
    assert StateDb(tmp_path / "state.db").view() == {"sort": "label"}


async def test_an_end_while_the_list_is_read_takes_nothing_from_it(
    tmp_path: Path,
) -> None:
    file = WatchFile(tmp_path / "watchlist.toml")
    many = [Watch(f"{number:032x}") for number in range(500)]
    file.load()
    file.save(many)
    store, kept = saver(tmp_path)
    reading = asyncio.create_task(kept.load())
    while not len(store):  # noqa: ASYNC110 - there is nothing else to wait for
        await asyncio.sleep(0)
    assert len(store) < len(many)
    store.put_watch(A)
    kept.list_changed()
    reading.cancel()
    await kept.close()
    assert file.load().watches == (*many, A)


# -- no locks --------------------------------------------------------------------------


@pytest.fixture(params=[errno.ENOTSUP, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def no_locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without locks, such as some of NFS, SMB and FUSE."""

    def flock(number: int, operation: int) -> None:
        raise OSError(request.param, "no locks")

    monkeypatch.setattr(fcntl, "flock", flock)


@pytest.mark.usefixtures("no_locks")
def test_without_locks_who_else_runs_is_not_known(tmp_path: Path) -> None:
    with polling(tmp_path / "pollers"), in_company(tmp_path / "open") as has_others:
        with pytest.raises(UnseenError, match=r"file system of .*/open has no locks"):
            has_others()
        assert not is_polled(tmp_path / "pollers")


def test_a_folder_that_cannot_be_written_is_told_as_that() -> None:
    place = Path("/proc/nonexistent/open")
    with in_company(place) as has_others, pytest.raises(UnseenError) as caught:
        has_others()
    assert str(caught.value).startswith("/proc/nonexistent/open cannot be written (")
    assert "--state-dir" in str(caught.value)
    assert "lock" not in str(caught.value)


@pytest.mark.usefixtures("no_locks")
def test_without_locks_a_list_is_saved(tmp_path: Path) -> None:
    file = WatchFile(tmp_path / "watchlist.toml")
    file.load()
    file.save([A])
    other = WatchFile(tmp_path / "watchlist.toml")
    other.load()
    other.save([A, B])
    assert file.save([A]).watches == (A, B), "what others wrote is still merged"
    assert file.load().watches == (A, B)


async def test_that_others_are_not_seen_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def is_shared() -> bool:
        raise UnseenError("no locks here")

    clock = HandClock()
    store, kept = saver(tmp_path, is_shared=is_shared, clock=clock)
    await kept.load()
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            clock.seconds += LOOK_S
            await kept.step()
    told = [event.kind for event in store.snapshot().events]
    assert told == [EventKind.UNSEEN]
    assert store.snapshot().events[0].detail == "no locks here"
    assert not store.snapshot().is_shared
    await kept.close()


# -- a busy event loop -----------------------------------------------------------------

BUSY_COMMAND = """
import asyncio, sys
from ims_tui.cli.signals import ended_by_signals

async def busy():
    print("ready", flush=True)
    while True:
        pass

sys.exit(asyncio.run(ended_by_signals(busy(), limit_s=0.3)))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_busy_loop_ends_by_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY_COMMAND],
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert said.startswith("ims-tui: ended by force")


BUSY_SCREEN = """
import sys, time
from ims_tui.cli.main import main
from ims_tui.ui.dashboard import Dashboard

def busy(self, times):
    print("\\x1b]0;busy\\x07", end="", file=sys.__stderr__, flush=True)
    while True:
        pass

Dashboard.change_looks = busy
sys.exit(main(["demo"]))
"""


def test_a_busy_screen_ends_by_a_signal_and_gives_the_terminal_back(
    tmp_path: Path,
) -> None:
    environ = {"HOME": str(tmp_path), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", BUSY_SCREEN]
    with PtyScreen(command, environ=environ) as screen:
        screen.wait_for("rocky9-base")
        screen.send("t")
        screen.wait_for(lambda text: b"]0;busy" in screen.received)
        screen.process.send_signal(signal.SIGTERM)
        assert screen.end() == 143
        assert RESTORED in screen.received
        assert b"ended by force" in screen.received.rpartition(RESTORED)[2]

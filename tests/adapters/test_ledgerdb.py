"""The shared budget on disk, and the lock of pollers."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ims_tui.adapters.ledgerdb import KEPT_S, LedgerDb
from ims_tui.adapters.pollers import is_polled, polling
from ims_tui.core.polling.budget import Limit

LIMIT = Limit(rate_per_s=0.01, burst=10.0)


def test_copies_that_book_at_the_same_time_share_one_bucket(tmp_path: Path) -> None:
    ledgers = [LedgerDb(tmp_path / "state.budget") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        bookings = list(
            threads.map(lambda n: ledgers[n % 4].book("a", LIMIT, 5.0), range(40))
        )
    granted = [b for b in bookings if b is not None and b.wait_s == 0.0]
    assert len(granted) == 10
    assert ledgers[0].book("b", LIMIT, 5.0), "another account has its own"
    assert (tmp_path / "state.budget").stat().st_mode & 0o077 == 0


def test_a_link_to_a_log_is_not_written_to(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.touch()
    (tmp_path / "state.budget").symlink_to(log)
    assert LedgerDb(tmp_path / "state.budget").book("a", LIMIT, 5.0) is None
    assert log.read_bytes() == b""


def test_several_requests_are_one_booking(tmp_path: Path) -> None:
    ledgers = [LedgerDb(tmp_path / "state.budget") for _ in range(2)]
    bookings = [ledgers[n % 2].book("a", LIMIT, 5.0, 4) for n in range(4)]
    assert [b and (b.booked, b.requests) for b in bookings] == [
        (4, 4),
        (4, 8),
        (2, 10),
        (0, 10),
    ]


def test_a_copy_whose_clock_was_read_earlier_gives_nobody_a_new_bucket(
    tmp_path: Path,
) -> None:
    ledger = LedgerDb(tmp_path / "state.budget")
    for account in "ab":
        for _ in range(10):
            ledger.book(account, LIMIT, 5.001)
    for account in "aba":
        booking = ledger.book(account, LIMIT, 5.0)
        assert booking is not None
        assert booking.wait_s > 0.0


def test_old_rows_are_forgotten(tmp_path: Path) -> None:
    ledger = LedgerDb(tmp_path / "state.budget")
    for _ in range(3):
        ledger.book("a", LIMIT, 5.0)
    ledger.book("b", LIMIT, 6.0 + KEPT_S)
    booking = ledger.book("a", LIMIT, 6.0 + KEPT_S)
    assert booking is not None
    assert booking.requests == 1


def test_a_file_that_was_removed_is_made_anew_and_shared_again(tmp_path: Path) -> None:
    path = tmp_path / "state.budget"
    ledgers = [LedgerDb(path) for _ in range(2)]
    for ledger in ledgers:
        ledger.book("a", LIMIT, 5.0)
    path.unlink()
    granted = [ledgers[n % 2].book("a", LIMIT, 5.0) for n in range(20)]
    assert sum(b is not None and b.wait_s == 0.0 for b in granted) == 10
    for ledger in ledgers:
        ledger.close()
    booking = ledgers[0].book("a", LIMIT, 5.0)
    assert booking is not None, "closed is not ended"
    assert booking.wait_s > 0.0


def test_a_file_of_no_use_is_no_budget_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "state.budget").write_text("this is no database, but long enough" * 9)
    ledger = LedgerDb(tmp_path / "state.budget")
    assert ledger.book("a", LIMIT, 5.0) is None
    assert ledger.book("a", LIMIT, 5.0), "it is set aside, and tried again"
    assert (tmp_path / "state.budget.broken").exists()
    (tmp_path / "file").write_text("")
    assert LedgerDb(tmp_path / "file" / "x").book("a", LIMIT, 5.0) is None


ROWS: list[tuple[object, object, object]] = [
    ("many", 1.0, 1),
    (None, None, None),
    (-1e300, 5.0, 1),
    (1e300, -1e300, 1),
    (1.0, 1e300, 1),
    (1.0, "soon", 1),
    (1.0, 5.0, 2**62),
    (b"\xff", b"\xff", "\x1b"),
]


@pytest.mark.parametrize("row", ROWS)
def test_an_account_that_cannot_be_read_begins_anew(
    tmp_path: Path, row: tuple[object, object, object]
) -> None:
    path = tmp_path / "state.budget"
    with closing(LedgerDb(path)) as ledger:
        assert ledger.book("a", LIMIT, 5.0)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE spent SET tokens=?, at_s=?, requests=?", row)
    with closing(LedgerDb(path)) as ledger:
        booking = ledger.book("a", LIMIT, 5.0)
        assert booking is not None
        assert (booking.wait_s, booking.requests) == (0.0, 1)


HOLDER = """
import sys
from pathlib import Path
from ims_tui.adapters.pollers import polling
with polling(Path(sys.argv[1])):
    print("polling", flush=True)
    sys.stdin.read()
"""


def test_a_poller_is_seen_while_its_process_lives(tmp_path: Path) -> None:
    path = tmp_path / "state" / "state.pollers"
    assert not is_polled(path)
    words = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert is_polled(path)
        with polling(path):
            holder.kill()  # no time to tidy up
            holder.wait()
            assert is_polled(path), "the second one goes on"
        assert not is_polled(path)


def test_without_a_place_for_the_lock_it_still_runs(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with polling(tmp_path / "file" / "state.pollers"):
        assert not is_polled(tmp_path / "file" / "state.pollers")

"""Two processes on one profile, in time that runs a hundred times faster."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ims_tui.core.polling.budget import Limit
from tests.windows import excess

SPEED = 100.0
REAL_S = 8.0
WINDOW_S = 300.0
MOST = 200

CLIENT = """
import sys, time
from pathlib import Path
from ims_tui.adapters.ledgerdb import LedgerDb
from ims_tui.core.polling.budget import Limit

path, speed, real_s = Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
ledger, limit = LedgerDb(path), Limit.per_window(int(sys.argv[4]), float(sys.argv[5]))
end = time.monotonic() + real_s
while (now := time.monotonic()) < end:
    booking = ledger.book("account", limit, now * speed)
    assert booking is not None
    if booking.wait_s:
        time.sleep(min(booking.wait_s, 60.0) / speed)
    else:
        print(now * speed)
"""


def test_the_budget_holds_over_any_five_minutes(tmp_path: Path) -> None:
    words = [str(tmp_path / "budget"), *map(str, (SPEED, REAL_S, MOST, WINDOW_S))]
    clients = [
        subprocess.Popen([sys.executable, "-c", CLIENT, *words], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    sent: list[float] = []
    shares = []
    for client in clients:
        text, _ = client.communicate(timeout=60)
        assert client.returncode == 0
        times = [float(line) for line in text.split()]
        shares.append(len(times))
        sent += times
    sent.sort()
    for first, at_s in enumerate(sent):
        assert sum(at_s <= other < at_s + WINDOW_S for other in sent[first:]) <= MOST
    limit = Limit.per_window(MOST, WINDOW_S)
    fair = limit.burst + limit.rate_per_s * (sent[-1] - sent[0])
    assert len(sent) > 0.8 * fair, "and it is used"
    assert min(shares) > 0.1 * len(sent), "by both"


AHEAD = """
import sys, time
from pathlib import Path
from ims_tui.adapters.ledgerdb import LedgerDb
from ims_tui.core.polling.budget import Limit
from ims_tui.core.polling.lease import Lease

ledger, limit = LedgerDb(Path(sys.argv[1])), Limit(*map(float, sys.argv[2:4]))
end, lease = time.monotonic() + float(sys.argv[4]), None
while (now := time.monotonic()) < end:
    if lease is None or not lease.spend(limit, now):
        wished = 1 if lease is None else lease.next_size(limit, now)
        booking = ledger.book("account", limit, now, wished)
        assert booking is not None
        if booking.wait_s:
            time.sleep(booking.wait_s)
            continue
        lease = Lease(limit, booking.booked, now)
    print(now, flush=True)
"""


def test_a_large_limit_holds_also_where_a_process_is_killed(tmp_path: Path) -> None:
    limit, real_s = Limit(rate_per_s=300.0, burst=600.0), 3.0
    words = map(str, (tmp_path / "budget", limit.rate_per_s, limit.burst, real_s))
    command = [sys.executable, "-c", AHEAD, *words]
    clients = [
        subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0) for _ in range(3)
    ]
    killed = clients[0]
    assert killed.stdout is not None
    first = [killed.stdout.readline() for _ in range(40)]
    killed.kill()
    rest = [client.communicate(timeout=60)[0].splitlines() for client in clients]
    assert [client.returncode for client in clients[1:]] == [0, 0]
    sent = sorted(float(line) for lines in (first, *rest) for line in lines if line)
    assert excess(sent, limit) <= 0.0
    fair = limit.burst + limit.rate_per_s * (sent[-1] - sent[0])
    assert len(sent) > 0.7 * fair, "and it is used"
    assert min(len(lines) for lines in rest[1:]) > 0.1 * len(sent), "by both"

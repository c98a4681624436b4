"""Two processes on one profile, in time that runs a hundred times faster."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ims_tui.core.polling.budget import Limit

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

"""10,000 jobs under the default budget: CPU per poll, memory per job, longest wait.

Run: ``python -m tests.bench.fleet [--quick] [JOBS] [HOURS]``. All jobs run and
show a percentage that grows evenly over a day, so nothing but the budget limits them.
"""

from __future__ import annotations

import resource
import sys
import time

from ims_tui.core.polling.answer import Seen
from ims_tui.core.polling.budget import Budget
from ims_tui.core.polling.schedule import Scheduler

LENGTH_S = 86_400.0
ROUND_TRIP_S = 0.2


def main(arguments: list[str]) -> int:
    """Print the figures of one run; 1 if a job was never asked."""
    if "--quick" in arguments:
        arguments = ["1000", "6"]
    jobs = int(arguments[0]) if arguments else 10_000
    hours = float(arguments[1]) if len(arguments) > 1 else 48.0
    before_bytes = resident_bytes()
    scheduler: Scheduler[int] = Scheduler(budget=Budget())
    last = [0.0] * jobs
    for key in range(jobs):
        scheduler.add(key, None, 0.0)
    now = longest_s = cpu_s = 0.0
    polls = 0
    while True:
        begin = time.process_time()
        now = max(now, scheduler.next_time(now))
        key_or_none = scheduler.pop(now)
        cpu_s += time.process_time() - begin
        if now > hours * 3600.0:
            break
        if key_or_none is None:
            continue
        age_s = (now + 8.0 * key_or_none) % LENGTH_S
        reply = Seen("import", False, False, age_s / LENGTH_S, "", age_s)
        begin = time.process_time()
        scheduler.result(key_or_none, now + ROUND_TRIP_S, reply)
        cpu_s += time.process_time() - begin
        longest_s = max(longest_s, now - last[key_or_none])
        last[key_or_none] = now
        polls += 1
    longest_s = max(longest_s, now - min(last))
    memory_bytes = resident_bytes() - before_bytes
    sys.stdout.write(
        f"{jobs} jobs, {hours:g} h: {polls} polls ({60 * polls / now:.1f} a minute),"
        f" {1e6 * cpu_s / polls:.0f} us a poll,"
        f" {memory_bytes / jobs:.0f} bytes a job,"
        f" longest unasked {longest_s / 3600:.2f} h"
        f" (an even sweep: {jobs / (polls / now) / 3600:.2f} h)\n"
    )
    return 0 if min(last) > 0.0 or jobs == 1 else 1


def resident_bytes() -> int:
    """The most memory that this process ever held."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

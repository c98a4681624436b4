"""Clock port: wall time, and seconds that go on while the machine sleeps."""

from __future__ import annotations

import time
from datetime import UTC, datetime

# CLOCK_MONOTONIC stands still during suspension on Linux, so a row would look
# younger than it is after a night in a closed laptop.
_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class SystemClock:
    """The clocks of this machine."""

    def now(self) -> datetime:
        """Wall clock, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since boot, suspension included where the system can tell."""
        return time.clock_gettime(_BOOT_CLOCK)

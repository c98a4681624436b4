"""What systemd gives a service: a socket for its state, a watchdog, the journal.

Protocol: sd_notify(3), sd_watchdog_enabled(3) and sd-daemon(3) of systemd. Where it
does not run us, nothing is sent.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping

from ims_tui.core.errors import reason_of

_LOG = logging.getLogger(__name__)

MOST_STATUS = 200
"""Characters of a status; `systemctl status` shows one line."""


class ServiceState:
    """Tells the service manager how the program stands.

    Args:
        environ: with `NOTIFY_SOCKET` and `WATCHDOG_USEC`, where systemd runs us.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        name = environ.get("NOTIFY_SOCKET", "")
        # An abstract name begins with a zero byte, which a variable cannot hold.
        self._address = f"\0{name[1:]}" if name.startswith("@") else name
        self._status = ""
        self.watchdog_s = _watchdog_s(environ)
        """We have to be heard of within this; None: nobody waits for it."""

    def ready(self) -> None:
        """The program works, for the first time or after a reload."""
        self._send("READY=1")

    def reloading(self) -> None:
        """Settings are read again; `ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """The program still does its work."""
        if self.watchdog_s is not None:
            self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line about how things stand; sent where it is another one."""
        if text != self._status:
            self._status = text
            self._send(f"STATUS={text[:MOST_STATUS]}")

    def _send(self, state: str) -> None:
        if not self._address.startswith(("/", "\0")):
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
                way.setblocking(False)
                way.connect(self._address)
                way.send(state.encode())
        except OSError as error:
            _LOG.warning(
                "systemd is not told %s: %s", state.split("=")[0], reason_of(error)
            )


def _watchdog_s(environ: Mapping[str, str]) -> float | None:
    """The limit of the watchdog in seconds; None where it is not for this process."""
    limit, process = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not limit.isdecimal() or process not in ("", str(os.getpid())):
        return None
    return int(limit) / 1e6 or None


def is_journal(environ: Mapping[str, str], number: int) -> bool:
    """Whether a file descriptor leads to the journal, which reads `<3>` as a level."""
    try:
        found = os.fstat(number)
    except OSError:
        return False
    return environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"

"""Which profiles have only the deprecated call, kept from one run to the next.

A small file beside the stored replies. What is in it counts for a day: then the
documented call is tried anew, since the cloud may offer it by now.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from ims_tui.adapters.atomicfile import write_atomic
from ims_tui.adapters.smallfile import read_small
from ims_tui.core.errors import reason_of
from ims_tui.core.service.times import parse_time

_LOG = logging.getLogger(__name__)

KEPT = timedelta(days=1)
"""How long a profile is not asked anew for the documented call."""


class CallFile:
    """Profiles by a name of theirs. All calls block; a file of no use is empty."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_deprecated(self, name: str, now: datetime) -> bool:
        """Whether only the deprecated call was there within the last day."""
        found = parse_time(self._read().get(name, ""))
        return found is not None and timedelta() <= now - found < KEPT

    def note(self, name: str, now: datetime, *, is_deprecated: bool) -> None:
        """Remember which call a profile has; a file that cannot be written is told."""
        known = dict(self._read())
        if is_deprecated:
            known[name] = now.isoformat()
        elif known.pop(name, None) is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomic(self._path, json.dumps(known).encode())
        except OSError as error:
            _LOG.warning(
                "which call a profile has cannot be kept: %s", reason_of(error)
            )

    def _read(self) -> Mapping[str, str]:
        try:
            known = json.loads(read_small(self._path).text)
        except (ValueError, RecursionError):
            return {}
        if not isinstance(known, dict):
            return {}
        return {name: at for name, at in known.items() if isinstance(at, str)}

"""What a reader of evidence must know of this machine: versions, terminal, log."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ims_tui.core.config.secret_variables import credentials_in
from ims_tui.core.headless.bundle import Workplace
from ims_tui.core.release import VERSION

_PACKAGES = ("textual", "httpx", "msgspec")
_TERMINAL = ("TERM", "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL", "NO_COLOR")
_TAIL_BYTES = 512 * 1024


def surroundings_of(log: Path | None, environ: Mapping[str, str]) -> Workplace:
    """Look around; what cannot be looked at is left out, or said in its place.

    Args:
        log: the log file, of which the end is read; None: there is none.
        environ: all variables.
    """
    return Workplace(
        {
            "ims-tui": VERSION,
            "Python": platform.python_version(),
            **{name: _version(name) for name in _PACKAGES},
            "System": platform.platform(),
        },
        {name: environ[name] for name in _TERMINAL if environ.get(name)},
        _tail(log) if log else (),
        tuple(credentials_in(environ)),
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed as a package"


def _tail(path: Path) -> tuple[str, ...]:
    """The last lines of the log; none where there is no log that can be read."""
    if not path.is_file():  # a device would never end
        return ()
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _TAIL_BYTES))
            return tuple(file.read().decode("utf-8", "replace").splitlines())
    except OSError:
        return ()

"""The log of adapters that commands without a request load, too.

To load `logging` takes a tenth of the start of such a command, and they seldom have
something to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger

PROGRAM = "ims_tui"


def logger(name: str) -> Logger:
    """The logger of a module; without a log file nothing is told."""
    import logging

    program = logging.getLogger(PROGRAM)
    if not program.handlers:
        program.addHandler(logging.NullHandler())  # else Python tells standard error
    return logging.getLogger(name)

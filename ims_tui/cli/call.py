"""One call of the program: its arguments, its environment, its streams."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ims_tui.core.errors import ConfigError
from ims_tui.wiring import Setup, open_log, set_up


@dataclass(frozen=True, slots=True)
class Call:
    """What a command gets."""

    args: argparse.Namespace
    environ: Mapping[str, str]
    out: TextIO
    """Data."""
    err: TextIO
    """Narration."""

    def set_up(self) -> Setup:
        """Settle files and log for this call."""
        args = self.args
        return set_up(self.environ, vars(args), args.config, args.watchlist)

    def open_log(self, setup: Setup, level: str) -> None:
        """Open the log file.

        Raises:
            ConfigError: it cannot be written.
        """
        path = Path(self.args.log_file) if self.args.log_file else setup.places.log
        try:
            open_log(path, "debug" if self.args.verbose else level)
        except OSError as error:
            why = error.strerror or str(error)
            raise ConfigError(f"{path}: the log cannot be written ({why})") from error

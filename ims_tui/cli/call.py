"""One call of the program: its arguments, its environment, its streams."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ims_tui.core.errors import ConfigError, UsageError
from ims_tui.core.settings import Settings
from ims_tui.core.text import printable
from ims_tui.wiring import SavedList, Setup, open_log, saved_list, set_up


@dataclass(frozen=True, slots=True)
class Call:
    """What a command gets."""

    args: argparse.Namespace
    environ: Mapping[str, str]
    inp: TextIO
    out: TextIO
    """Data."""
    err: TextIO
    """Narration."""

    def set_up(self) -> Setup:
        """Settle files and log for this call."""
        args = self.args
        return set_up(self.environ, vars(args), args.config, args.watchlist)

    def saved(self) -> SavedList:
        """The saved list; nothing is read yet."""
        return saved_list(self.set_up().places)

    def settings(self, setup: Setup) -> Settings:
        """Settings in force; what is wrong with them is said.

        Raises:
            ConfigError: config.toml is of no use as it stands.
            UsageError: the profile that was asked for is not there.
        """
        loaded = setup.load()
        for problem in loaded.problems:
            if problem.whole_file:
                raise ConfigError(str(problem))
        self.say(map(str, loaded.problems))
        wanted = self.args.profile
        if wanted and wanted not in loaded.settings.profiles:
            names = ", ".join(loaded.settings.profiles) or "none"
            shown = printable(wanted, 40)
            raise UsageError(f"{shown!r} is not a profile; there are: {names}")
        return loaded.settings

    def say(self, lines: Iterable[str]) -> None:
        """Tell people something, unless they asked for quiet."""
        if not self.args.quiet:
            self.err.writelines(f"ims-tui: {line}\n" for line in lines)
            self.err.flush()

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

"""One call of the program: its arguments, its environment, its streams."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ims_tui.core.config.places import Places
from ims_tui.core.config.provenance import OPTION, Loaded
from ims_tui.core.config.settings import Settings
from ims_tui.core.config.values import not_among, shown
from ims_tui.core.errors import ConfigError, UsageError, reason_of
from ims_tui.core.headless.priority import Priority
from ims_tui.core.text import printable
from ims_tui.wiring import (
    Setup,
    all_themes,
    journal_mark,
    open_log,
    saved_list,
    set_up,
)

if TYPE_CHECKING:
    from ims_tui.wiring import SavedList


class Call:
    """What a command gets: arguments, variables, input, data and narration."""

    def __init__(
        self,
        args: argparse.Namespace,
        environ: Mapping[str, str],
        inp: TextIO,
        out: TextIO,
        err: TextIO,
    ) -> None:
        self.args = args
        self.environ = environ
        self.inp = inp
        self.out = out
        """Data."""
        self.err = err
        """Narration."""

    @cached_property
    def setup(self) -> Setup:
        """The files of this call; none is read yet.

        Raises:
            ConfigError: nothing says where they are.
        """
        args = self.args
        return set_up(
            self.environ, vars(args), args.config, args.watchlist, args.state_dir
        )

    def strict_setup(self, config: str = "") -> Setup:
        """As `setup`, with all themes known; of another config.toml where one is named.

        Raises:
            ConfigError: nothing says where the files are.
        """
        from ims_tui.ui.themes import theme_names

        args, ours = self.args, all_themes(self.setup.places)[0]
        return set_up(
            self.environ,
            vars(args),
            config or args.config,
            args.watchlist,
            args.state_dir,
            sorted(theme_names(ours) - {"auto"}),
        )

    def log_of(self, places: Places) -> Path:
        """The log file of this call."""
        return Path(self.args.log_file) if self.args.log_file else places.log

    @cached_property
    def saved(self) -> SavedList:
        """The saved list, which is not read yet; the settings are.

        Raises:
            ConfigError: config.toml is of no use as it stands.
            UsageError: an option asks for what cannot be.
        """
        assert self.settings
        return saved_list(self.setup.places)

    def load(self) -> Loaded:
        """Read the settings, whatever is wrong with the files.

        Raises:
            UsageError: an option asks for what cannot be.
        """
        loaded = self.setup.files.load()
        for problem in loaded.problems:
            if problem.source.place == OPTION:
                raise UsageError(f"{problem.source.name} {problem.text}")
        if self.args.theme:
            _check_theme(self.args.theme, self.setup.places)
        return loaded

    @cached_property
    def settings(self) -> Settings:
        """Settings in force; what is wrong with them is said.

        Raises:
            ConfigError: config.toml is of no use as it stands.
            UsageError: an option asks for what cannot be.
        """
        loaded = self.load()
        check_whole(loaded)
        self.say(map(str, loaded.problems))
        return loaded.settings

    def say(self, lines: Iterable[str], level: Priority = Priority.INFO) -> None:
        """Tell people something, unless they asked for quiet."""
        if not self.args.quiet:
            mark = self.mark(self.err, level)
            self.err.writelines(f"{mark}ims-tui: {line}\n" for line in lines)
            self.err.flush()

    def mark(self, stream: TextIO, level: Priority) -> str:
        """What a line begins with where the journal reads it, such as `<3>`."""
        return journal_mark(self.environ, stream, level)

    def open_log(self, setup: Setup, level: str) -> list[str]:
        """Open the log file; returns a line that says why there is none, if so.

        Raises:
            ConfigError: the file that an option names cannot be written.
        """
        path = self.log_of(setup.places)
        try:
            open_log(path, "debug" if self.args.verbose else level)
        except OSError as error:
            why = reason_of(error)
            if self.args.log_file:
                text = f"{path}: the log cannot be written ({why})"
                raise ConfigError(text) from error
            return [f"There is no log: {printable(str(path))} cannot be written, {why}"]
        return []


def write_json(out: TextIO, document: object) -> None:
    """Write a document as people read it, too."""
    import json

    json.dump(document, out, ensure_ascii=False, indent=2)
    out.write("\n")


def check_whole(loaded: Loaded) -> None:
    """Make sure that config.toml could be read.

    Raises:
        ConfigError: nothing of it is used.
    """
    for problem in loaded.problems:
        if problem.whole_file:
            raise ConfigError(str(problem))


def _check_theme(name: str, places: Places) -> None:
    """Look among our own themes first: to know Textual's costs its import."""
    ours = all_themes(places)[0]
    if name == "auto" or any(name == theme.name for theme in ours):
        return
    from ims_tui.ui.themes import theme_names

    known = sorted(theme_names(ours))
    if name not in known:
        raise UsageError(f"--theme {shown(name)} {not_among(name, known)}")

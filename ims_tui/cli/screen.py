"""Opens the dashboard: checks the terminal, then starts the screen."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ims_tui.cli.call import Call, check_whole
from ims_tui.cli.process import stay_responsive
from ims_tui.core.config.locales import is_utf8
from ims_tui.core.config.places import Places
from ims_tui.core.config.provenance import Loaded
from ims_tui.core.config.settings import Settings
from ims_tui.core.errors import UsageError, WatchFileError
from ims_tui.core.moment import Moment
from ims_tui.core.show.glyphs import GLYPHS
from ims_tui.core.show.view import Times, View
from ims_tui.core.watchlist.watch import Watch
from ims_tui.wiring import (
    LocalZone,
    SystemClock,
    all_themes,
    as_poller,
    explain,
    open_notifier,
    surroundings,
    write_new,
)

if TYPE_CHECKING:
    from ims_tui.engine.runtime import Runtime

LAST_NEWS_S = 2.0
"""Longest time that leaving waits for news to be told; the next run tells the rest."""

WITHOUT_SCREEN = "ims-tui list, ims-tui watch"
"""What shows the list where there is no screen."""

NO_TERMINAL = (
    "ims-tui needs a terminal on standard input, output and error; without one use: {}"
)


NO_SCREEN = (
    "TERM={} cannot show a screen; set TERM to the name of the terminal, such as "
    "xterm-256color, or use: {}"
)


def keys_from_terminal() -> None:
    """Put the terminal where a pipe was: Textual reads keys from descriptor 0.

    Raises:
        UsageError: the process has no terminal.
    """
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise UsageError(NO_TERMINAL.format(WITHOUT_SCREEN)) from error
    os.dup2(terminal, 0)
    os.close(terminal)


def check_terminal(environ: Mapping[str, str], instead: str = WITHOUT_SCREEN) -> None:
    """Make sure that there is a screen to draw on.

    Args:
        environ: the variables.
        instead: the commands that do without.

    Raises:
        UsageError: standard input, output or error is not a terminal, or one that
            knows no escape sequences.
    """
    from ims_tui.ui.terminal import has_terminal

    if environ.get("TEXTUAL_DRIVER"):  # such as `textual serve`, which draws elsewhere
        return
    if not has_terminal():
        raise UsageError(NO_TERMINAL.format(instead))
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        raise UsageError(NO_SCREEN.format(term, instead))


def load_for_screen(call: Call) -> Loaded:
    """Settings for the screen, which shows what is wrong with them.

    Raises:
        ConfigError: the operator named a config.toml that is of no use.
        UsageError: an option asks for what cannot be.
    """
    loaded = call.load()
    if call.setup.places.config_is_named:
        check_whole(loaded)
    return loaded


def first_view(settings: Settings, now: Moment, environ: Mapping[str, str]) -> View:
    """How the screen looks at things when it opens."""
    name = settings.ui.glyphs
    if name == "auto":
        name = "braille" if is_utf8(environ) else "ascii"
    return View(
        now,
        times=Times(settings.ui.times),
        zone=LocalZone(),
        glyphs=GLYPHS[name],
        explain=explain,
    )


async def show_screen(
    settings: Settings,
    open_runtime: Callable[[], Runtime],
    places: Places,
    environ: Mapping[str, str],
    *,
    first: Sequence[Watch] = (),
    problems: Sequence[object] = (),
    is_demo: bool = False,
    has_color: bool = True,
    is_wall: bool = False,
) -> int:
    """Run the dashboard until the operator leaves; returns the exit code.

    Changes of the list that could not be saved are said on the standard error then.
    """
    from ims_tui.ui.terminal import HUNG_UP, TerminalWatch
    from ims_tui.ui.textual_app import load_textual

    load_textual()
    from ims_tui.ui.app import ImsTui

    themes, theme_problems = all_themes(places)
    now = SystemClock().moment
    with as_poller(places) as is_shared:

        def opened() -> Runtime:
            runtime = open_runtime()
            runtime.is_shared = is_shared
            if not is_demo:
                runtime.notifier = open_notifier(
                    settings.notify,
                    places,
                    environ,
                    lambda line: app.tell(line, is_bad=True),
                    app.write_raw,
                )
            return runtime

        app = ImsTui(
            opened,
            settings,
            view=first_view(settings, now(), environ),
            now=now,
            surroundings=lambda log: surroundings(log, environ),
            write_new=write_new,
            themes=themes,
            problems=[*map(str, problems), *theme_problems],
            first=first,
            is_demo=is_demo,
            has_color=has_color,
            opens="wall" if is_wall else "",
        )
        last = app.taskbar.clearing if app.taskbar else ""
        watch = TerminalWatch(app.leave, last)
        watch.install()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, app.poll_all)
        app.terminal_watch = watch
        stay_responsive()
        # An interrupt of before cancelled this task, and Textual would swallow that.
        await asyncio.sleep(0)
        await app.run_async(mouse=settings.ui.mouse)
        code = app.return_code or 0
        runtime = app.runtime
        await runtime.ended()
        if runtime.notifier is not None:
            await runtime.notifier.close(LAST_NEWS_S)
        unsaved, unkept = runtime.saver.unsaved, runtime.saver.unkept
    if code != HUNG_UP:  # else nobody is there to write to
        sys.stderr.write(last)
        if unsaved:
            sys.stderr.write(f"ims-tui: changes are not saved: {unsaved}\n")
        if unkept:
            sys.stderr.write(f"ims-tui: the last replies are not kept: {unkept}\n")
    return code or (WatchFileError.exit_code if unsaved else 0)

"""The application: themes, keys, dialogs, news beyond the table, leaving."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from msgspec.structs import replace
from textual import constants, events
from textual.app import App
from textual.binding import BindingType
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen

from ims_tui.core.config.settings import Settings
from ims_tui.core.moment import Moment
from ims_tui.core.show import texts
from ims_tui.core.show.actions import BY_ID, Owner
from ims_tui.core.show.glyphs import ASCII
from ims_tui.core.show.news_line import rings
from ims_tui.core.show.statusline import title
from ims_tui.core.show.theme import ThemeSpec, state_variables
from ims_tui.core.show.view import View
from ims_tui.core.show.viewstate import from_state, to_state
from ims_tui.core.state.store import Snapshot
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.ui.browser import Browser
from ims_tui.ui.clipboard import Clipboard
from ims_tui.ui.dashboard import Dashboard
from ims_tui.ui.driver import LoopDriver
from ims_tui.ui.keyboard import Keyboard
from ims_tui.ui.keys import bindings
from ims_tui.ui.pointer import can_be_clicked, turn_wheel
from ims_tui.ui.presence import Presence
from ims_tui.ui.runs import KeyRun, WheelRun
from ims_tui.ui.terminal import HUNG_UP, TerminalWatch
from ims_tui.ui.textual_private import XTermParser, is_known
from ims_tui.ui.themes import Themes
from ims_tui.ui.toast import Telling, clear
from ims_tui.ui.window_title import WindowTitle
from ims_tui.ui.workers import observe, observed, observing

if TYPE_CHECKING:
    from ims_tui.core.headless.bundle import Workplace
    from ims_tui.engine.runtime import Runtime
    from ims_tui.ui.dialogs.base import Dialog
    from ims_tui.ui.dialogs.contents import Contents

D = TypeVar("D", bound="Dialog[Any]")

_REPAINT = BY_ID["repaint"].keys

COLLECT_AT = (3_000, 5, 100)
"""The collector's thresholds once the list is read. With 20,000 new objects at once a
key waited for 27 ms (10,000 rows, 1,000 changes a second); with these for 9."""

KEEP_S = 0.5
"""Pause before what the operator chose to see is stored: choices come in runs."""


class ImsTui(Telling, App[int]):
    """Runs a runtime behind the dashboard.

    The runtime is opened when the first frame stands: loading it takes as long as
    painting that.
    """

    TITLE = "ims-tui"
    PAUSE_GC_ON_SCROLL = True
    ENABLE_COMMAND_PALETTE = False  # ours is the same menu as all the others
    CSS_PATH = "styles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Owner.APP)

    def __init__(
        self,
        open_runtime: Callable[[], Runtime],
        settings: Settings,
        *,
        view: View,
        now: Callable[[], Moment],
        surroundings: Callable[[Path | None], Workplace],
        write_new: Callable[[Path, str | bytes, bool], int],
        themes: Sequence[ThemeSpec] = (),
        problems: Sequence[str] = (),
        first: Sequence[Watch] = (),
        is_demo: bool = False,
        has_color: bool = True,
        environ: Mapping[str, str] | None = None,
        opens: str = "",
    ) -> None:
        # `textual serve` names a driver of its own in the environment.
        knows_terminal = is_known(LinuxDriver) and is_known(XTermParser)
        is_ours = not constants.DRIVER and knows_terminal
        super().__init__(driver_class=LoopDriver if is_ours else None)
        self._disable_tooltips = True  # there are none
        self.dashboard = Dashboard(self)
        """The one screen; what opens over it is loaded when it is opened."""
        self.animation_level = "none"
        self.view = view
        self.now = now
        """This moment, on both clocks."""
        self.surroundings = surroundings
        self.write_new = write_new
        self.is_demo = is_demo
        self.is_blurred = False
        self.new_profile = settings.default_profile
        """Profile of jobs that are added."""
        self.terminal_watch: TerminalWatch | None = None
        self._open_runtime = open_runtime
        self._settings = settings
        self.presence = Presence(self)
        self._environ = os.environ if environ is None else environ
        self._new_clipboard: Callable[[], Clipboard] = lambda: Clipboard(
            self.settings.ui.clipboard,
            self._environ,
            self.write_raw,
            self.runtime.start_program,
        )
        self.browser = Browser(self, self._environ, self._new_clipboard)
        self._problems = list(problems)
        self._first = first
        self._opens = opens  # an action, run when the screen stands
        self._asked_s: dict[str, float] = {}
        self._knows_looks = False
        self._keyboard = Keyboard(self, self.dashboard, super().on_event, self._wake)
        self._title = WindowTitle(
            self.write_raw, self._environ, is_on=settings.ui.window_title
        )
        self.taskbar: Taskbar | None = None
        """If it is wanted; who runs the program clears it, also after a failure."""
        if settings.ui.taskbar:
            from ims_tui.ui.taskbar import Taskbar

            self.taskbar = Taskbar(self.write_raw, self._environ)
        self.themes = Themes(
            self,
            themes,
            self._environ,
            is_mono=not has_color or settings.ui.theme == "mono",
            is_ascii=view.glyphs is ASCII,
        )
        self._problems += self.themes.begin(settings.ui.theme)

    @cached_property
    def runtime(self) -> Runtime:
        """The program behind the screen, opened when it is first asked for."""
        runtime = self._open_runtime()
        runtime.on_settings = self._take_settings
        return runtime

    @property
    def settings(self) -> Settings:
        """What the operator chose, as it is in force."""
        return self._settings

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """State tones for themes that name none."""
        return state_variables(ThemeSpec("", self.current_theme.dark))

    def on_mount(self) -> None:
        """Paint first, then load and poll."""
        self._set_keys()
        if isinstance(self._driver, LoopDriver):
            self._driver.on_lost = self._lose_terminal
            self._driver.on_free = self.paint_what_waits
            self._driver.on_resumed = self.repaint_all
        self.call_after_refresh(self._start_when_seen)

    def get_default_screen(self) -> Screen[None]:
        """The dashboard is the first screen; another one would be laid out in vain."""
        return self.dashboard

    def _set_keys(self) -> None:
        self.keymap = dict(self.settings.keys)
        self.set_keymap(self.keymap)

    def _take_settings(self, before: Settings) -> None:
        """Theme and keys of a changed config.toml hold at once."""
        now = self._settings = self.runtime.settings
        self._problems.clear()
        if before.ui.theme != now.ui.theme:
            self._problems += self.themes.follow(now.ui.theme)
            sight = self.dashboard.sight
            sight.looks = replace(sight.looks, theme=now.ui.theme)
        if before.keys != now.keys:
            self._set_keys()
        self.tell("\n".join(self._problems), is_bad=True)

    def _start_when_seen(self) -> None:
        """Loading holds everything up: the first frame must be out before it."""
        if isinstance(self._driver, LoopDriver):
            self._driver.when_written(self._start)
        else:
            self._start()

    def _start(self) -> None:
        if self.is_leaving:  # who quits at once finds an empty screen here
            return
        from ims_tui.ui.scrollbar import take_whole_cells  # the first frame has none

        take_whole_cells()
        self.dashboard.follow(self.runtime)
        self.call_later(self.press)
        self.tell("\n".join(self._problems), is_bad=True)
        self._run()
        if self._opens:
            self.call_later(self.action_command, self._opens)

    @observed()
    async def _run(self) -> None:
        """Load, poll and save for as long as the screen is there."""
        with observing(self):
            await self._recall_looks()
        if self.is_leaving:
            return
        self.runtime.archives = self.runtime.shows_archive = True
        await self.runtime.run(self._first)

    async def _recall_looks(self) -> None:
        """Show what the operator chose to see in the last run."""
        state = await self.runtime.view_state()
        if not self.is_leaving:
            self.dashboard.show_looks(from_state(state, self.settings.ui))
            self._knows_looks = True

    async def on_event(self, event: events.Event) -> None:
        """Take keys and pastes in their order, also those before the screen."""
        self.presence.see(event)
        if isinstance(event, events.MouseEvent) and not can_be_clicked(self.screen):
            return
        if isinstance(event, WheelRun):
            turn_wheel(self.screen, event, self.scroll_sensitivity_y)
            return
        if isinstance(event, KeyRun) and not is_known(App):
            for _ in range(event.times):
                await super().on_event(event.one)
            return
        if not (isinstance(event, events.Key | events.Paste) and is_known(App)):
            await super().on_event(event)
            if isinstance(event, events.Resize) and not self.is_leaving:
                self._paint_after_resize()
            return
        if self.is_leaving:  # then there may be no screen any more
            return
        # What the hands did before has been read; a repaint shows what is there.
        if self._notifications and getattr(event, "key", "") != _REPAINT:
            clear(self)
        self.presence.press()
        if event.is_forwarded:
            await super().on_event(event)
            return
        await self._keyboard.take(event)

    def _paint_after_resize(self) -> None:
        """Paint all, also at the size of before: between, what stood there was cut."""
        for screen in self.screen_stack:
            screen.refresh()

    async def press(self) -> None:
        """Take the keys that wait."""
        await self._keyboard.press()

    def _wake(self) -> None:
        """Somebody looks, as Textual takes it: who types does."""
        self.app_focus = True
        if self.is_blurred:
            self.on_app_focus()

    # -- the terminal ------------------------------------------------------------------

    def write_raw(self, sequence: str) -> None:
        """Write to the terminal what is no text, in order with what is drawn."""
        if self._driver is not None:
            self._driver.write(sequence)

    def repaint_all(self) -> None:
        """Draw everything again, over whatever else was written there."""
        self.write_raw("\x1b[2J")
        for screen in self.screen_stack:
            screen.refresh(layout=True)

    # -- news --------------------------------------------------------------------------

    def take_news(self, before: Snapshot, after: Snapshot) -> None:
        """Tell what happened since the snapshot before, beyond the table itself."""
        has_list = before.is_loading and not after.is_loading
        if has_list:
            self.call_after_refresh(self.runtime.archiver.start_reading)
        if has_list or (before.archive.is_reading and not after.archive.is_reading):
            gc.freeze()  # what was read stays: the collector need not look at it
            gc.set_threshold(*COLLECT_AT)
        self._title.show(title(after))
        if self.taskbar is not None:
            self.taskbar.show(after)
        known = set(map(id, before.events))
        fresh = [event for event in after.events if id(event) not in known]
        notify = self.settings.notify
        is_away = self.presence.is_away
        notifier = self.runtime.notifier
        is_quiet = notifier and notifier.snoozed_until(self.now().wall)
        is_told = is_away and notify.when != "never" and not is_quiet
        if fresh and notifier is not None:
            from ims_tui.core.headless.candidates import candidates, leaves

            view = replace(self.view, now=self.now(), health=after.health)
            found = list(candidates(fresh, after.entries, view))
            notifier.tell(found, is_away=is_away)
            # What channels tell rings with them, and only once.
            fresh = [event for event in fresh if not leaves(event)]
        if is_told and rings(fresh, after.entries):
            self.bell()

    def on_app_focus(self) -> None:
        """Somebody looks: tick each second, poll at the usual pace."""
        self.is_blurred = False
        self.presence.focus(is_focused=True)
        self._show_focus(1.0)

    def on_app_blur(self) -> None:
        """Nobody looks: tick rarely, poll slower."""
        self.is_blurred = True
        self.presence.focus(is_focused=False)
        self._show_focus(self.settings.poll.unfocused_factor)

    def _show_focus(self, slowness: float) -> None:
        self.runtime.tracker.slow_down(slowness)
        if self.dashboard.stands:  # some terminals tell it before the first frame
            self.dashboard.show_focus()

    # -- the desk: what commands and dialogs ask for -----------------------------------

    @property
    def board(self) -> Dashboard:
        """The one screen."""
        return self.dashboard

    @property
    def chosen(self) -> tuple[JobKey, ...]:
        """The jobs a command is about, captured now."""
        return self.dashboard.table.chosen

    def action_command(self, name: str) -> None:
        """Run an action; what it awaits goes on behind the screen, faults are told."""
        from ims_tui.ui.commands.table import COMMANDS

        with observing(self):
            done = COMMANDS[name](self)
            if isawaitable(done):
                observe(self.dashboard, lambda: done)

    def is_again(self, command: str, within_s: float) -> bool:
        """Whether this was also asked of a command so many seconds ago or less."""
        now_s = self.now().mono_s
        before_s = self._asked_s.get(command)
        self._asked_s[command] = now_s
        return before_s is not None and now_s - before_s < within_s

    def _open(self, kind: type[D]) -> D:
        """Open the one dialog of a kind; it fills itself once it is there."""
        name = kind.__name__
        if not self.is_screen_installed(name):
            dialog = kind(self)
            dialog.read_styles(self.stylesheet)
            self.install_screen(dialog, name)
        dialog = self.get_screen(name, kind)
        dialog.is_opening, dialog.is_painted = True, False
        self.push_screen(dialog)
        return dialog

    def ask_add(self, text: str = "") -> None:
        """Ask for jobs to add, with text to find ids in."""
        from ims_tui.ui.dialogs.add import AddDialog

        self._open(AddDialog).ask(text)

    def open(self, contents: Contents) -> None:
        """Open the dialog that shows this; its kind is loaded when first wanted."""
        from ims_tui.ui.dialogs import contents as kinds

        match contents:
            case kinds.Form():
                from ims_tui.ui.dialogs.form import FormDialog

                self._open(FormDialog).contents = contents
            case kinds.Menu():
                from ims_tui.ui.dialogs.menu import MenuDialog

                self._open(MenuDialog).contents = contents
            case kinds.Checklist():
                from ims_tui.ui.dialogs.checklist import ChecklistDialog

                self._open(ChecklistDialog).contents = contents
            case kinds.Page():
                from ims_tui.ui.dialogs.pager import PagerDialog

                self._open(PagerDialog).contents = contents
            case kinds.Listing():
                from ims_tui.ui.dialogs.listing import ListingDialog

                self._open(ListingDialog).contents = contents
            case kinds.WallPage():
                from ims_tui.ui.dialogs.wall import WallDialog

                self._open(WallDialog).contents = contents

    @observed()
    async def copy(self, what: str, text: str) -> None:
        """Copy a text and say how."""
        self.tell(await self._new_clipboard().copy(what, text))

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what Textual's own widgets copy: a selection."""
        self._clipboard = text  # what its fields paste
        self.copy(texts.SELECTION, text)

    @observed()
    async def change(
        self, keys: Sequence[JobKey], how: Callable[[Watch], Watch]
    ) -> None:
        """Change what the operator said of some jobs."""
        await self.runtime.annotate(keys, how)
        self.tell_unless_saved()

    def tell_unless_saved(self) -> None:
        """Say that what was just changed is not in the list's file, if so.

        Briefly: the banner says it for as long as it is so.
        """
        problem = self.runtime.snapshot().problem
        if problem:
            said = texts.NOT_SAVED.format(problem=problem)
            self.tell(said, is_bad=True, seconds=4)

    @observed(exclusive=True, group="view")
    async def save_view(self) -> None:
        """Keep what the operator chose to see for the next run."""
        await asyncio.sleep(KEEP_S)
        self._keep_view()

    def _keep_view(self) -> None:
        if not self._knows_looks:  # those of the last run are still to be read
            return
        state = to_state(self.dashboard.sight.looks, self.settings.ui)
        self.runtime.saver.keep_view(state)

    @observed(exclusive=True, group="reload")
    async def reload(self) -> None:
        """Read configuration and credentials again."""
        if not await self.runtime.reload():  # what is wrong with them comes as news
            self.tell(texts.READ_AGAIN)

    # -- leaving -----------------------------------------------------------------------

    async def action_quit(self) -> None:
        """Quit at once, as Textual's own key does."""
        self.quit()

    def quit(self) -> None:
        """Quit at once; what is not saved yet is saved on the way."""
        with observing(self):
            self._keep_view()
        self.leave(0)

    def leave(self, code: int) -> None:
        """End, because the operator, a signal or the terminal said so."""
        if code != HUNG_UP:  # nobody is there to write to
            self._title.restore()
        self.exit(code, return_code=code)

    @property
    def is_leaving(self) -> bool:
        """Whether the program was told to end."""
        return self._exit

    def poll_all(self) -> None:
        """Ask about all shown jobs next, as soon as there are some."""
        if self.dashboard.stands:
            self.action_command("poll_all")

    @property
    def can_paint(self) -> bool:
        """Whether the terminal takes what is painted."""
        return not (isinstance(self._driver, LoopDriver) and self._driver.is_full)

    def paint_what_waits(self) -> None:
        """Paint what became dirty while the terminal took nothing."""
        screen = self.screen
        if not is_known(Screen):
            screen.refresh()
            return
        screen._compositor.update_widgets(screen._dirty_widgets)
        screen._compositor_refresh()

    def _lose_terminal(self) -> None:
        if self.terminal_watch is not None:
            self.terminal_watch.end(HUNG_UP, "the terminal is gone")

    def selected_text(self) -> str:
        """What is selected with the mouse or in a field."""
        from textual.widgets import Input, TextArea

        if isinstance(self.focused, Input | TextArea) and self.focused.selected_text:
            return self.focused.selected_text
        return self.screen.get_selected_text() or ""

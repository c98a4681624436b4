"""A dialog to choose one of many: sort orders, what to copy, commands, themes."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input
from textual.widgets.option_list import Option

from ims_tui.core.show import texts
from ims_tui.core.show.actions import KeyHint
from ims_tui.core.text import cell_len, fit
from ims_tui.ui.dialogs.base import CLOSE, Dialog
from ims_tui.ui.dialogs.contents import Item, Menu
from ims_tui.ui.dialogs.options import Options
from ims_tui.ui.line_input import LineInput


class MenuDialog(Dialog[Menu]):
    """One of many, by cursor, by key or by typing a part of it."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("down,j", "list('cursor_down')"),
        ("up,k", "list('cursor_up')"),
        ("pagedown", "list('page_down')"),
        ("pageup", "list('page_up')"),
        ("enter", "list('select')"),
    ]

    def compose_body(self) -> ComposeResult:
        """Search line and list."""
        yield LineInput(texts.SEARCH_HINT)
        yield Options(is_menu=True)

    def open_up(self) -> None:
        """Show the menu that was asked for."""
        menu, line = self.contents, self.query_one(Input)
        line.display = menu.is_searched
        with line.prevent(Input.Changed):
            line.value = ""
        enter = KeyHint("enter", menu.verb, "list('select')")
        self.show_frame(menu.title, (enter, CLOSE))
        self._fill("")
        (line if menu.is_searched else self.query_one(Options)).focus()

    def _fill(self, search: str) -> None:
        wanted = search.casefold().split()
        found = [
            item
            for item in self.contents.items
            if all(word in f"{item.words} {item.key}".casefold() for word in wanted)
        ]
        if wanted:  # what begins so is meant before what only holds it
            found.sort(key=lambda item: not item.words.casefold().startswith(wanted[0]))
        width = max((cell_len(item.words) for item in self.contents.items), default=0)
        keys = max((cell_len(item.key) for item in self.contents.items), default=0)
        options = [
            Option(Content(_text(item, keys, width)), id=item.name) for item in found
        ]
        names = [item.name for item in found]
        if not found:
            options = [Option(texts.NONE_FOUND, disabled=True)]
        place = names.index(self.contents.at) if self.contents.at in names else 0
        self.query_one(Options).fill(options, place if names else None)

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_list("select")

    def on_key(self, event: events.Key) -> None:
        """Choose by the item's own key."""
        if self.contents.is_searched:
            return
        for item in self.contents.items:
            if item.key and item.key == event.character:
                event.stop()
                self._choose(item.name)

    @on(Options.OptionHighlighted)
    def _highlighted(self, event: Options.OptionHighlighted) -> None:
        look, name = self.contents.look, self._item_of(event)
        if look is not None and name is not None and self.is_current:
            look(name)

    @on(Options.OptionSelected)
    def _selected(self, event: Options.OptionSelected) -> None:
        name = self._item_of(event)
        if name is not None:
            self._choose(name)

    def _item_of(self, event: Options.OptionMessage) -> str | None:
        """The item that is meant; None where it belongs to what stood here before."""
        is_here = self.query_one(Options).holds(event.option)
        return event.option_id if is_here else None

    def _choose(self, name: str) -> None:
        if not self.is_current:  # it was chosen already
            return
        done = self.contents.done
        self.dismiss()
        self.app.call_later(done, name)

    def action_cancel(self) -> None:
        """Close; what was only looked at is taken back."""
        if self.contents.look is not None and self.is_current:
            self.contents.look(self.contents.at)
        super().action_cancel()


def _text(item: Item, keys: int, width: int) -> str:
    left = f"{fit(item.key, keys)}  " if keys else ""
    return f"{left}{fit(item.words, width)}  {item.note}".rstrip()

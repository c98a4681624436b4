"""A dialog of things that are on or off, and maybe in an order: columns, profiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets.option_list import Option

from ims_tui.core.show import texts
from ims_tui.core.show.actions import KeyHint
from ims_tui.ui.dialogs.base import CLOSE, Dialog
from ims_tui.ui.dialogs.contents import Check, Checklist
from ims_tui.ui.dialogs.options import Options


class ChecklistDialog(Dialog[Checklist]):
    """Space turns on or off; J and K move; every change counts at once."""

    AUTO_FOCUS = "Options"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("j", "list('cursor_down')"),
        ("k", "list('cursor_up')"),
        ("space", "turn"),
        ("J,shift+down", "move(1)"),
        ("K,shift+up", "move(-1)"),
        ("u", "usual"),
    ]

    def compose_body(self) -> ComposeResult:
        """The list."""
        yield Options()

    def open_up(self) -> None:
        """Show the list that was asked for."""
        hints = [KeyHint("space", texts.ON_OFF, "turn")]
        if self.contents.is_ordered:
            hints.append(KeyHint("J K", texts.MOVE, ""))
        if self.contents.take is not None:
            hints.append(KeyHint("enter", self.contents.take_words, ""))
        if self.contents.reset is not None:
            hints.append(KeyHint("u", texts.USUAL, "usual"))
        self.show_frame(self.contents.title, (*hints, CLOSE))
        self._fill(0)

    def _fill(self, at: int) -> None:
        options = []
        for check in self.contents.checks:
            box = "[x]" if check.is_on else "[ ]"
            first, *more = check.words.split("\n")
            lines = [f"{box} {first}{check.mark}", *(f"    {line}" for line in more)]
            options.append(Option(Content("\n".join(lines))))
        place = min(at, len(options) - 1)
        self.query_one(Options).fill(options, place)

    @property
    def _at(self) -> int:
        return self.query_one(Options).highlighted or 0

    def _change(self, checks: Sequence[Check], at: int) -> None:
        self.contents = replace(self.contents, checks=tuple(checks))
        self._fill(at)
        self.contents.changed(checks)

    def action_turn(self) -> None:
        """Turn the one under the cursor on or off."""
        checks, at = list(self.contents.checks), self._at
        checks[at] = replace(checks[at], is_on=not checks[at].is_on)
        self._change(checks, at)

    def action_move(self, by: int) -> None:
        """Move the one under the cursor."""
        checks, at = list(self.contents.checks), self._at
        there = at + by
        if self.contents.is_ordered and 0 <= there < len(checks):
            checks[at], checks[there] = checks[there], checks[at]
            self._change(checks, there)

    def action_usual(self) -> None:
        """Go back to the usual state."""
        if self.contents.reset is not None:
            self._change(self.contents.reset(), 0)

    @on(Options.OptionSelected)
    def _selected(self, event: Options.OptionSelected) -> None:
        if not self.query_one(Options).holds(event.option):
            return  # chosen in a list that stood here before
        checks = self.contents.checks
        if self.contents.take is None:
            self.action_turn()
            return
        name = checks[event.option_index].name
        self.contents.take(name)
        marked = [
            replace(c, mark=texts.NEW_JOBS if c.name == name else "") for c in checks
        ]
        self.contents = replace(self.contents, checks=tuple(marked))
        self._fill(event.option_index)

"""A dialog of a few fields: label and note, tags, where to export to."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from ims_tui.core.show.actions import KeyHint
from ims_tui.core.text import fit
from ims_tui.ui.dialogs.base import CANCEL, Dialog
from ims_tui.ui.dialogs.contents import Field, Form
from ims_tui.ui.line_input import LineInput, one_line
from ims_tui.ui.workers import observe

MOST_FIELDS = 4


class Pick(Widget, can_focus=True):
    """One of a few values, changed by left and right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("left,h", "turn(-1)"),
        ("right,l,space", "turn(1)"),
    ]
    value: reactive[str] = reactive("")

    def __init__(self) -> None:
        super().__init__()
        self.choices: tuple[str, ...] = ()

    def render(self) -> Content:
        """The value between arrows."""
        return Content(f"< {self.value} >")

    def action_turn(self, by: int) -> None:
        """Take the next or the previous value."""
        if self.value in self.choices:
            place = self.choices.index(self.value) + by
            self.value = self.choices[place % len(self.choices)]

    def on_click(self) -> None:
        """A click takes the next value."""
        self.action_turn(1)


class FieldInput(LineInput):
    """The line of a field; its form decides what a paste means."""

    def on_paste(self, event: events.Paste) -> None:
        """Hand the paste to the form."""
        event.stop()
        event.prevent_default()
        if isinstance(self.screen, FormDialog):
            self.screen.take_paste(self, event.text)


class FieldRow(Horizontal):
    """A field's words, and the widget that holds its value."""

    def compose(self) -> ComposeResult:
        """All that a field may need; `fill` shows what it does need."""
        yield Static("", classes="words", markup=False)
        yield FieldInput()
        yield Pick()

    def fill(self, field: Field | None, width: int) -> None:
        """Become this field, or nothing."""
        self.display = field is not None
        self.name_of_field = field.name if field else ""
        self.is_pick = field is not None and bool(field.choices)
        line, pick = self.query_one(Input), self.query_one(Pick)
        line.display, pick.display = not self.is_pick, self.is_pick
        if field is None:
            return
        self.query_one(".words", Static).update(fit(field.words, width))
        pick.choices, pick.value = field.choices, field.value
        line.value, line.placeholder = field.value, field.hint
        line.cursor_position = len(field.value)

    @property
    def value(self) -> str:
        """What stands in the field."""
        pick, line = self.query_one(Pick), self.query_one(Input)
        return pick.value if self.is_pick else line.value

    def take_focus(self) -> None:
        """Focus the widget that is shown."""
        (self.query_one(Pick) if self.is_pick else self.query_one(Input)).focus()


class FormDialog(Dialog[Form]):
    """Asks for a few values; enter in any field sends them."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("enter", "send"),
        ("down", "app.focus_next"),
        ("up", "app.focus_previous"),
    ]
    _is_sending = False  # one enter, one answer

    def compose_body(self) -> ComposeResult:
        """Intro, fields, and a line about them."""
        yield Static("", classes="intro", markup=False)
        for _ in range(MOST_FIELDS):
            yield FieldRow()
        yield Static("", classes="told", markup=False)

    def open_up(self) -> None:
        """Show the form that was asked for."""
        form = self.contents
        intro = self.query_one(".intro", Static)
        intro.update(form.intro)
        intro.display = bool(form.intro)
        width = max(len(field.words) for field in form.fields) + 2
        wanted = [*form.fields, *([None] * (MOST_FIELDS - len(form.fields)))]
        for row, field in zip(self.rows, wanted, strict=True):
            row.fill(field, width)
        self.rows[0].take_focus()
        self.tell()

    @property
    def rows(self) -> list[FieldRow]:
        """All rows, also those that are not shown."""
        return list(self.query(FieldRow))

    @property
    def values(self) -> dict[str, str]:
        """Name and value of each field."""
        return {row.name_of_field: row.value for row in self.rows if row.display}

    @on(Input.Changed)
    def tell(self) -> None:
        """Say something about the values as they are now."""
        form = self.contents
        self._say(form.tell(self.values) if form.tell else "")
        self.show_frame(form.title, (KeyHint("enter", self.verb(), "send"), CANCEL))

    def verb(self) -> str:
        """What enter does, in a word or two."""
        return self.contents.verb

    def _say(self, text: str) -> None:
        self.query_one(".told", Static).update(text)

    def on_paste(self, event: events.Paste) -> None:
        """Text that no field took is left alone: it is never keys."""
        event.stop()

    def take_paste(self, line: FieldInput, text: str) -> None:
        """Take a text that was pasted into a field."""
        line.insert_text_at_cursor(one_line(text))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_send()

    def action_send(self) -> None:
        """Send the values; the form stays open where they will not do."""
        if not self._is_sending and self.is_current:
            self._is_sending = True
            observe(self, self._send, exclusive=True)

    async def _send(self) -> None:
        try:
            problem = await self.contents.done(self.values)
        finally:
            self._is_sending = False
        if problem:
            self._say(problem)
        elif self.is_current:
            self.dismiss()

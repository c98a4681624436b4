"""The table of actions as Textual's bindings, and the line that shows some of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.binding import Binding, BindingType

from ims_tui.core.show.actions import ACTIONS, KeyHint, Owner
from ims_tui.core.show.view import Cell, Tone
from ims_tui.ui.one_line import OneLine
from ims_tui.ui.textual_private import key_name


def bindings(owner: Owner) -> list[BindingType]:
    """The bindings of one owner; without words, Textual shows them nowhere."""
    return [
        Binding(
            action.keys,
            action_of(action.id),
            id=action.id,
            priority=owner is Owner.APP,
        )
        for action in ACTIONS
        if action.owner is owner
    ]


def action_of(name: str) -> str:
    """What Textual runs for an action of the table, from any widget or screen."""
    return f"app.command({name!r})"


def as_ascii(event: events.Key) -> events.Key:
    """The key that was meant, where an input method made it full-width.

    U+FF01 to U+FF5E are the printable ASCII characters, U+3000 is the space (Unicode
    Standard, Halfwidth and Fullwidth Forms).
    """
    character = event.character or ""
    if character == "\u3000":
        return events.Key("space", " ")
    if len(character) != 1 or not "\uff01" <= character <= "\uff5e":
        return event
    plain = chr(ord(character) - 0xFEE0)
    return events.Key(key_name(plain), plain)


class KeyLine(OneLine):
    """Keys with their words; a click does what the key does."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints: Sequence[KeyHint] = ()

    def show_hints(self, hints: Sequence[KeyHint]) -> None:
        """Show these keys."""
        self._hints = hints
        cells = [Cell(" ")]
        for hint in hints:
            cells += [Cell(hint.key), Cell(f" {hint.word}  ", Tone.DIM)]
        if hints:  # behind the last one there may be no room for a gap
            cells[-1] = Cell(f" {hints[-1].word}", Tone.DIM)
        self.show(cells)

    async def on_one_line_span_clicked(self, event: OneLine.SpanClicked) -> None:
        """Run what was clicked."""
        place = (event.number - 1) // 2
        if 0 <= place < len(self._hints):
            event.stop()
            await self.screen.run_action(self._hints[place].run)

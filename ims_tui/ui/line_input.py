"""One line to type in: a still cursor, and pasted text that cannot steer a terminal."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from ims_tui.core.text import printable

MOST_PASTED = 1000
"""Characters of a paste that a line takes."""


class LineInput(Input):
    """A line of text without frills."""

    def __init__(
        self, placeholder: str = "", *, id: str | None = None, classes: str = ""
    ) -> None:
        super().__init__(
            placeholder=placeholder,
            id=id,
            classes=classes,
            compact=True,
            select_on_focus=False,
        )
        self.cursor_blink = False

    def on_key(self, event: events.Key) -> None:
        """Leave keys with alt out: such as esc and the next key, typed at once."""
        if event.key.startswith("alt+"):
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take the paste as one printable line."""
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(one_line(event.text))


def one_line(text: str) -> str:
    """A pasted text as one printable line."""
    return printable(" ".join(text[: 2 * MOST_PASTED].split()), MOST_PASTED)

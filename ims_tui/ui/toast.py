"""The result of the last key, in lines of its own at the foot of the screen."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.content import Content
from textual.screen import ModalScreen

from ims_tui.core.text import cut
from ims_tui.ui.textual_private import toast_holders

GOOD_S = 4.0
"""How long a message stands, unless it says otherwise."""

BAD_S = 30.0
"""How long bad news stand."""

MOST_LINES = 3
"""Lines that a message takes of a screen that has them."""

FEW_ROWS = 10
"""Below so many rows a message takes one of them, as it does over a dialog."""


def tell(
    app: App[Any], text: str, *, is_bad: bool = False, seconds: float = 0.0
) -> None:
    """Say something in place of what was said before; nothing where it is empty."""
    clear(app)
    if not text:
        return
    has_room = app.size.height >= FEW_ROWS and not isinstance(app.screen, ModalScreen)
    app.notify(
        bounded(text, app.size.width - 2, MOST_LINES if has_room else 1),
        severity="error" if is_bad else "information",
        timeout=seconds or (BAD_S if is_bad else GOOD_S),
        markup=False,
    )


def bounded(text: str, width: int, most: int) -> str:
    """A text that takes no more lines than it may; where it is cut it ends in dots."""
    lines = [line.plain for line in Content(text).wrap(max(1, width))]
    if len(lines) <= most:
        return text
    last = cut(f"{lines[most - 1]} {lines[most]}", width)
    if not last.endswith(".."):
        last = cut(last, width - 2) + ".."
    return "\n".join([*lines[: most - 1], last])


class Telling(App[Any]):
    """An app that says what came of a key, one message at a time."""

    def tell(self, text: str, *, is_bad: bool = False, seconds: float = 0.0) -> None:
        """Say what came of a key, until the next one or some seconds later."""
        tell(self, text, is_bad=is_bad, seconds=seconds)

    def on_notify(self) -> None:
        """Of several that were told on end the last one stands."""
        clear(self)


def clear(app: App[Any]) -> None:
    """Take back what was said.

    With what Textual wraps each toast in: it takes the toast only, and the wrappings
    of days, each with a task of its own, would be laid out with every frame.
    """
    app.clear_notifications()
    for screen in app.screen_stack:
        toast_holders(screen).remove()

"""A list to choose from, in which a click counts only for what was seen."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

_NEVER = float("inf")


class Options(OptionList):
    """Options that are replaced as a whole, while clicks may be on their way.

    Textual tells a click by the number of the line it fell on, and what was chosen in
    a message of its own. Both may arrive when other options stand here: then they mean
    an option that is no more, and do nothing.
    """

    _shown_s = _NEVER
    """When the options of now were painted, on the clock of Textual's messages."""

    _is_pressed = False
    """Whether the mouse went down on one of them."""

    def __init__(self, *, is_menu: bool = False) -> None:
        """Begin with none.

        Args:
            is_menu: one is chosen and the list goes; the second of a double click may
                then fall on another menu, and is none.
        """
        super().__init__(compact=True, markup=False)
        self._is_menu = is_menu

    def fill(self, options: Sequence[Option], at: int | None) -> None:
        """Show these options, with the cursor on one of them, or on none."""
        self._shown_s, self._is_pressed = _NEVER, False
        self.clear_options()
        self.add_options(options)
        self.highlighted = at
        self.call_after_refresh(self._be_shown)

    def _be_shown(self) -> None:
        self._shown_s = Message().time

    def holds(self, option: Option) -> bool:
        """Whether an option is one of those that stand here now."""
        return option in self.options

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A click begins here, if the options were there to be seen."""
        self._is_pressed = event.time >= self._shown_s

    def on_click(self, event: events.Click) -> None:
        """A click on options that went meanwhile is none."""
        if not self._is_pressed or (self._is_menu and event.chain > 1):
            event.stop()
            event.prevent_default()

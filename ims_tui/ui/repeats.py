"""A key that was pressed many times on end, as one change of what has the keys.

One by one each would be painted: thousands in one read held everything up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from textual.binding import ActiveBinding
from textual.screen import ModalScreen, Screen

from ims_tui.ui.dialogs.options import Options
from ims_tui.ui.line_input import MOST_PASTED, LineInput
from ims_tui.ui.lines import Lines
from ims_tui.ui.runs import KeyRun

_NAME = re.compile(r"list\('(\w+)'\)|(\w+)")
"""An action of a list or of lines, also where its dialog passes it on."""

_STEPS = {"scroll_up": -1, "scroll_down": 1, "cursor_up": -1, "cursor_down": 1}
_PAGES = {"page_up": -1, "page_down": 1}
_EDITS = ("cursor_left", "cursor_right", "delete_left", "delete_right")


def repeat(screen: Screen[Any], bound: ActiveBinding, run: KeyRun) -> bool:
    """Do what a run of a bound key does in a list, in lines or in a field.

    Returns whether it is one of those; else nothing was done.
    """
    found = _NAME.fullmatch(bound.binding.action)
    name = (found[1] or found[2]) if found else ""
    is_line = isinstance(bound.node, LineInput)
    if isinstance(bound.node, LineInput) and name in _EDITS:
        return _edit(bound.node, name, run.times)
    if found is None or not (name in _STEPS or name in _PAGES):
        return False
    if is_line and not isinstance(screen, ModalScreen):
        return True  # nothing else moves while the filter is typed
    node = bound.node
    if is_line or found[1]:  # a line scrolls nothing: its dialog has what does
        node = next(iter(screen.query("Lines, Options")), node)
    if isinstance(node, Lines):
        node.call_later(_scroll, node, name, run.times)
    elif isinstance(node, Options):
        node.call_later(_move, node, name, run.times)
    else:
        return False
    return True


def type_in(line: LineInput, character: str, times: int) -> bool:
    """Type a character into a line so many times; False: not while some is chosen."""
    if not line.selection.is_empty:
        return False
    room = max(0, MOST_PASTED - len(line.value))
    # In the order of its own messages: what was typed before is still among them.
    line.call_later(line.insert_text_at_cursor, character * min(times, room))
    return True


def _scroll(lines: Lines, name: str, times: int) -> None:
    if name in _STEPS:
        lines.step(_STEPS[name] * times)
    else:
        pages = _PAGES[name] * max(1, lines.size.height)
        lines.scroll_relative(y=pages * times, animate=False)


def _move(options: Options, name: str, times: int) -> None:
    """Move in a list as its own action does: by lines around its ends, by pages not."""
    count = options.option_count
    if not count:
        return
    if name in _PAGES:
        act = getattr(options, f"action_{name}")
        _until_still(act, lambda: options.highlighted, times)
        return
    step = _STEPS[name]
    at = options.highlighted
    if at is None:
        at = -1 if step > 0 else 0
    options.highlighted = (at + step * times) % count


def _edit(line: LineInput, name: str, times: int) -> bool:
    act = getattr(line, f"action_{name}")
    line.call_later(
        _until_still, act, lambda: (line.value, line.cursor_position), times
    )
    return True


def _until_still(
    act: Callable[[], None], state: Callable[[], object], times: int
) -> None:
    """Act so often, or until nothing changes any more."""
    for _ in range(times):
        before = state()
        act()
        if state() == before:
            return

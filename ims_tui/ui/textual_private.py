"""The names of Textual that are not public and that we lean on, each named here.

A release of Textual may change any of them. What leans on one that is missing is not
used then: Textual's own compositor, driver and way of keys take its place, slower and
right, and the log says so.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from textual import keys
from textual._compositor import Compositor, CompositorUpdate, ReflowResult
from textual._parser import Parser
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.css.query import DOMQuery
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.widget import Widget

__all__ = [
    "ALWAYS",
    "NAMES",
    "Compositor",
    "CompositorUpdate",
    "Parser",
    "ReflowResult",
    "XTermParser",
    "is_known",
    "is_there",
    "key_name",
    "missing",
    "toast_holders",
]

_LOG = logging.getLogger(__name__)

NAMES: dict[type, tuple[str, ...]] = {
    Compositor: (
        "_dirty_regions",
        "_full_map",
        "_regions_to_spans",
        "_render_chops",
        "_visible_map",
        "cuts",
        "reflow",
        "reflow_visible",
        "render_partial_update",
        "update_widgets",
        "visible_widgets",
    ),
    LinuxDriver: (
        "_app",
        "_file",
        "_get_terminal_size",
        "_key_thread",
        "_loop",
        "_run_input_thread",
        "_size",
        "_writer_thread",
        "attrs_before",
        "exit_event",
    ),
    XTermParser: ("_sequence_to_key_events",),
    Screen: (
        "_compositor",
        "_compositor_refresh",
        "_dirty_widgets",
        "_layout_required",
        "_scroll_required",
    ),
    App: ("_batch_count", "_check_bindings"),
}
"""What may be missing, by the class that has it."""

ALWAYS: dict[type, tuple[str, ...]] = {
    Screen: ("_get_breakpoint_classes",),
    App: (
        "_clipboard",
        "_disable_tooltips",
        "_driver",
        "_exit",
        "_filters",
        "_notifications",
    ),
}
"""What nothing takes the place of."""


def key_name(character: str) -> str:
    """Textual's name of the key with a character, such as `question_mark` for `?`."""
    name = getattr(keys, "_character_to_key", None)
    return character if name is None or character.isalnum() else str(name(character))


def toast_holders(screen: Screen[Any]) -> DOMQuery[Widget]:
    """What Textual wraps each toast in, and leaves when the toast goes."""
    return screen.query("ToastHolder")


def is_there(owner: type, name: str) -> bool:
    """Whether instances of a class have an attribute, as far as can be seen."""
    if hasattr(owner, name):
        return True
    starts = (vars(each).get("__init__") for each in owner.__mro__)
    codes = (getattr(start, "__code__", None) for start in starts)
    return any(name in code.co_names for code in codes if code is not None)


def missing(owner: type) -> list[str]:
    """The names that a class of Textual has no more."""
    return [name for name in NAMES[owner] if not is_there(owner, name)]


@cache
def is_known(owner: type) -> bool:
    """Whether a class of Textual is as we know it; else the log says what is not."""
    lost = missing(owner)
    if lost:
        _LOG.warning(
            "this Textual has no %s of %s; its own way is taken, which is slower",
            ", ".join(lost),
            owner.__name__,
        )
    return not lost

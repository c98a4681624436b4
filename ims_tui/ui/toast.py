"""The result of the last key, in a line of its own at the foot of the screen."""

from __future__ import annotations

from typing import Any

from textual.app import App

GOOD_S = 4.0
"""How long a message stands, unless it says otherwise."""

BAD_S = 30.0
"""How long bad news stand."""


def tell(
    app: App[Any], text: str, *, is_bad: bool = False, seconds: float = 0.0
) -> None:
    """Say something in place of what was said before; nothing where it is empty."""
    app.clear_notifications()
    if not text:
        return
    app.notify(
        text,
        severity="error" if is_bad else "information",
        timeout=seconds or (BAD_S if is_bad else GOOD_S),
        markup=False,
    )

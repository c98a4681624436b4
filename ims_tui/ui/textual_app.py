"""Loads Textual's app without its command palette, for which we have our own menu."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

APP = "textual.app"
PALETTE = "textual.command"


class _Unused(ModuleType):
    """Stands in for a module out of which names are imported and never used."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def load_textual() -> None:
    """Load the app, if it is not there yet.

    The palette brings inputs, lists and trees with it: an eighth of the first frame. A
    Textual that does more with it than import it is loaded as it is.
    """
    if sys.modules.keys() & {APP, PALETTE}:
        return
    before = set(sys.modules)
    sys.modules[PALETTE] = _Unused(PALETTE)
    try:
        import_module(APP)
    except (AttributeError, TypeError):
        for name in sys.modules.keys() - before:
            del sys.modules[name]
    else:
        del sys.modules[PALETTE]  # whoever imports it later gets the true one

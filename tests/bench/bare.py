"""The least a Textual program can be: one widget."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One widget."""

    def compose(self) -> ComposeResult:
        yield Static("a bare app with one widget")


if __name__ == "__main__":
    Bare().run()

"""What all dialogs share: a box over the dashboard, one line of keys, the way out.

Dialogs are installed once by name and reused: a new screen for every opening would
grow the program by megabytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.color import Color
from textual.containers import Vertical
from textual.css.stylesheet import Stylesheet
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.widgets import Static

from ims_tui.core.show import texts
from ims_tui.core.show.actions import KeyHint
from ims_tui.core.text import cell_len
from ims_tui.ui.compositor import compositor
from ims_tui.ui.desk import Host
from ims_tui.ui.keys import KeyLine
from ims_tui.ui.paint import TONE_CLASSES
from ims_tui.ui.pointer import Pointer


class Backdrop(BackgroundScreen):
    """What Textual draws behind a modal screen, with each style dimmed only once.

    Of thousands of segments a screen has some dozens of styles, and to blend two
    colours takes longer than all else of a segment.
    """

    @classmethod
    def process_segments(
        cls, segments: Iterable[Segment], color: Color
    ) -> Iterator[Segment]:
        """Dim the segments."""
        dim = super().process_segments
        known: dict[Style | None, Style | None] = {}
        for segment in segments:
            text, style, control = segment
            if control:
                yield segment
                continue
            if style not in known:
                known[style] = next(iter(dim((segment,), color))).style
            yield Segment(text, known[style])


C = TypeVar("C")


class Dialog(ModalScreen[None], Pointer, Generic[C]):
    """A box with a title, contents, and its keys at the foot."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q", "cancel"),
        ("ctrl+z", "app.suspend_process"),
    ]

    CSS_PATH = "dialogs.tcss"
    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-low")]  # noqa: RUF012

    contents: C
    """What it shows now."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host
        self._compositor = compositor(lambda: host.can_paint)

    def read_styles(self, stylesheet: Stylesheet) -> None:
        """Read the styles of dialogs, before the first of them opens.

        Left to Textual, all that was read is parsed again and all that stands is styled
        again, which none of these styles is for: most of the first opening.
        """
        for path in self.css_path:
            if not stylesheet.has_source(str(path)):
                stylesheet.read(path)

    is_opening = False
    """Whether it is on its way: keys wait until what is to have them has the focus."""

    is_painted = False
    """Whether what it was opened for was painted: a click before that meant another."""

    def compose(self) -> ComposeResult:
        """The box; `compose_body` fills it."""
        with Vertical(classes="box"):
            yield Static("", classes="title", markup=False)
            yield from self.compose_body()
            yield KeyLine(id="keys")

    def render(self) -> RenderableType:
        """The dashboard, dimmed; the box stands over it."""
        behind = super().render()
        if isinstance(behind, BackgroundScreen):
            return Backdrop(behind.screen, behind.color)
        return behind

    def compose_body(self) -> ComposeResult:
        """What stands between title and keys."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """Show what was asked for."""
        if self.is_opening and not self.host.is_leaving:  # at the end nothing mounts
            self.open_up()
            self.call_after_refresh(self._be_painted)
            self.app.call_later(self._take_keys)  # behind the focus, called later too

    async def on_resize(self) -> None:
        """Let keys and replies come between the first painting and the next one."""
        await asyncio.sleep(0)

    async def _take_keys(self) -> None:
        """What was typed meanwhile is for this dialog."""
        self.is_opening = False
        await self.host.press()

    def _be_painted(self) -> None:
        self.is_painted = True

    def open_up(self) -> None:
        """Fill the box again."""
        raise NotImplementedError

    def show_frame(self, title: str, hints: Sequence[KeyHint]) -> None:
        """Set the title and the keys."""
        self.query_one(".title", Static).update(title)
        self.query_one(KeyLine).show_hints(fitting(hints, self.app.size.width - 5))

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close, once: a second answer in the same read finds it closed."""
        if not self.is_current:
            return AwaitComplete()
        return super().dismiss()

    def action_list(self, name: str) -> None:
        """Run an action of its list or its lines, wherever the focus is."""
        getattr(self.query_one("Lines, Options"), f"action_{name}")()

    def action_cancel(self) -> None:
        """Close without doing anything."""
        self.dismiss()


CLOSE = KeyHint("esc", texts.CLOSE, "cancel")
CANCEL = KeyHint("esc", texts.CANCEL, "cancel")


def fitting(hints: Sequence[KeyHint], width: int) -> Sequence[KeyHint]:
    """The hints there is room for: the first, and the last, which leads out."""
    kept = list(hints)
    while len(kept) > 2 and sum(cell_len(hint.text) + 2 for hint in kept) > width:
        del kept[-2]
    return kept

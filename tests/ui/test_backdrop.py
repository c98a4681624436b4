"""The dashboard behind a dialog looks as Textual would dim it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color as Ink
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen

from ims_tui.ui.dialogs.base import Backdrop

BYTES = st.integers(0, 255)
INKS = st.none() | st.builds(Ink.from_rgb, BYTES, BYTES, BYTES)
STYLES = st.none() | st.builds(
    Style,
    color=INKS,
    bgcolor=INKS,
    bold=st.booleans(),
    link=st.sampled_from([None, "https://example.com"]),
)
CONTROL = Segment(*Control.home().segment)
SEGMENTS = st.lists(
    st.builds(Segment, st.text(max_size=3), STYLES, st.none()) | st.just(CONTROL)
)


@given(SEGMENTS, st.builds(Color, BYTES, BYTES, BYTES, st.floats(0, 1)))
def test_each_segment_is_dimmed_as_by_textual(
    segments: list[Segment], color: Color
) -> None:
    twice = [*segments, *segments]
    expected = list(BackgroundScreen.process_segments(twice, color))
    assert list(Backdrop.process_segments(twice, color)) == expected

"""The signs on screen: none of ambiguous width, and a pure ASCII set.

Ambiguous characters (box lines, most dots and arrows) take two cells in terminals set
for Chinese, so bars are Braille patterns and states are dingbats of neutral width.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ims_tui.core.service.job import JobStatus


class Glyphs(Struct, frozen=True):
    """One set of signs."""

    name: str
    status: Mapping[JobStatus, str]
    unknown: str
    full: str
    empty: str
    edges: tuple[str, str]
    """What stands before and behind a bar."""
    other: str
    """In turn with `full` where parts touch."""

    def bar(self, ratio: float, width: int) -> str:
        """A bar of exactly `width` cells, edges included."""
        inner = width - len(self.edges[0]) - len(self.edges[1])
        done = min(inner, max(0, int(ratio * inner + 0.5)))
        if done == inner and ratio < 1:
            done = inner - 1  # a full bar means done
        return (
            self.edges[0]
            + self.full * done
            + self.empty * (inner - done)
            + self.edges[1]
        )


def _status(words: str) -> dict[JobStatus, str]:
    return dict(zip(JobStatus, words, strict=True))


BRAILLE = Glyphs("braille", _status("◌▸✓✗?"), "⁇", "⣿", "⣀", ("", ""), "⣶")
BLOCKS = Glyphs("blocks", _status("◌▸✓✗?"), "⁇", "#", "░", ("", ""), "=")
ASCII = Glyphs("ascii", _status(".>+x?"), "?", "#", ".", ("[", "]"), "=")

GLYPHS = {glyphs.name: glyphs for glyphs in (BRAILLE, BLOCKS, ASCII)}

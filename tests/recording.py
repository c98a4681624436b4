"""A recording of the real demo in a real pty, as one animated SVG.

Each row of the screen stands there once for each stretch of time in which it stays as
it is, and SMIL shows it then. A viewer without motion shows the last moment.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from msgspec import Struct

from ims_tui.core.text import cell_len
from tests.pty_screen import PtyScreen

SIZE = (100, 28)
SCRIPT: Sequence[tuple[float, str]] = (
    (5.0, ""),
    (1.2, "jj"),
    (2.0, "\r"),
    (2.0, "]"),
    (1.5, "[["),
    (1.0, "q"),
    (3.0, "/rocky"),
    (1.0, "\x1b"),
    (4.0, "w"),
    (1.0, "w"),
    (2.5, "2"),
    (0.5, "1"),
)
"""Keys, each with how long what they show is looked at before the next."""

FRAME_S = 0.25
_CELL = (8.4, 18.0)
_INK, _GROUND = "e3e8ef", "101419"


class Run(Struct, frozen=True):
    """Neighbouring cells in one style."""

    at: int
    text: str
    ink: str
    ground: str
    is_bold: bool


Row = tuple[Run, ...]


def record() -> list[tuple[float, list[Row]]]:
    """Play the demo; returns what stood on the screen, and when that came there."""
    frames: list[tuple[float, list[Row]]] = []
    command = [sys.executable, "-m", "ims_tui", "demo", "--speed", "40x"]
    with tempfile.TemporaryDirectory() as home:
        places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"), home)
        looks = {"COLORTERM": "truecolor", "LANG": "C.UTF-8", "TZ": "UTC"}
        columns, rows = SIZE
        screen = PtyScreen(
            command, columns=columns, rows=rows, environ={**places, **looks}
        )
        with screen:
            screen.wait_for("RUN")
            began = time.monotonic()
            for looked_s, keys in SCRIPT:
                until = time.monotonic() + looked_s
                screen.send(keys)
                while time.monotonic() < until:
                    screen.read(FRAME_S)
                    shown = list(_rows(screen))
                    if not frames or shown != frames[-1][1]:
                        frames.append((time.monotonic() - began, shown))
            frames.append((time.monotonic() - began, frames[-1][1]))
    return frames


def _rows(screen: PtyScreen) -> Iterator[Row]:
    for cells in screen.rows:
        runs, at = [], 0
        for style, group in groupby(cells, key=_style):
            part = list(group)
            text = "".join(cell.data for cell in part)
            runs.append(Run(at, text, *style))
            at += len(part)
        yield tuple(runs)


def _style(cell: object) -> tuple[str, str, bool]:
    fg, bg = getattr(cell, "fg", ""), getattr(cell, "bg", "")
    ink, ground = (_hex(fg, _INK), _hex(bg, _GROUND))
    if getattr(cell, "reverse", False):
        ink, ground = ground, ink
    return ink, ground, bool(getattr(cell, "bold", False))


def _hex(colour: str, default: str) -> str:
    is_hex = len(colour) == 6 and all(c in "0123456789abcdef" for c in colour)
    return colour if is_hex else default


def animated(frames: Sequence[tuple[float, Sequence[Row]]]) -> str:
    """The frames as one SVG that plays for ever."""
    whole_s = frames[-1][0]
    width, height = SIZE[0] * _CELL[0], SIZE[1] * _CELL[1]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">',
        "<title>The demo of ims-tui, recorded</title>",
        "<style>text{font:14px 'DejaVu Sans Mono',Menlo,Consolas,monospace}"
        ".b{font-weight:bold}rect{shape-rendering:crispEdges}</style>",
        f'<rect width="100%" height="100%" fill="#{_GROUND}"/>',
    ]
    for y in range(SIZE[1]):
        for row, begin_s, end_s in _stretches(frames, y):
            parts.append(_group(row, y, begin_s / whole_s, end_s / whole_s))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _stretches(
    frames: Sequence[tuple[float, Sequence[Row]]], y: int
) -> Iterator[tuple[Row, float, float]]:
    begin_s, row = 0.0, frames[0][1][y]
    for at_s, rows in frames[1:]:
        if rows[y] != row:
            yield row, begin_s, at_s
            begin_s, row = at_s, rows[y]
    yield row, begin_s, frames[-1][0]


def _group(row: Row, y: int, begin: float, end: float) -> str:
    inside = "".join(_drawn(run, y) for run in row)
    if begin <= 0 and end >= 1:
        return f"<g>{inside}</g>"
    times = [(0.0, begin <= 0), (begin, True), (end, False)]
    steps = dict(step for step in times if step[0] < 1)
    if begin <= 0:
        steps[0.0] = True
    values = ";".join("visible" if shown else "hidden" for shown in steps.values())
    keys = ";".join(f"{at:.4f}".rstrip("0").rstrip(".") for at in steps)
    still = "visible" if end >= 1 else "hidden"
    move = (
        f'<animate attributeName="visibility" calcMode="discrete" dur="{_whole()}s" '
        f'repeatCount="indefinite" values="{values}" keyTimes="{keys}"/>'
    )
    return f'<g visibility="{still}">{inside}{move}</g>'


def _whole() -> int:
    return round(sum(looked_s for looked_s, _ in SCRIPT))


def _drawn(run: Run, y: int) -> str:
    wide, high = _CELL
    x, cells = run.at * wide, cell_len(run.text)
    drawn = ""
    if run.ground != _GROUND:
        size = f'width="{cells * wide:.1f}" height="{high:g}"'
        drawn = f'<rect x="{x:.1f}" y="{y * high:g}" {size} fill="#{run.ground}"/>'
    text = run.text.rstrip()
    blank = len(text) - len(text.lstrip())
    text = text.lstrip()
    if not text:
        return drawn
    place = f'x="{x + blank * wide:.1f}" y="{y * high + 13.5:g}"'
    length = f'textLength="{cell_len(text) * wide:.1f}"'
    bold = ' class="b"' if run.is_bold else ""
    told = escape(text.replace(" ", "\u00a0"))
    return f'{drawn}<text{bold} {place} {length} fill="#{run.ink}">{told}</text>'


def draw(path: Path) -> None:
    """Record the demo into a file."""
    path.write_text(animated(record()), encoding="utf-8")

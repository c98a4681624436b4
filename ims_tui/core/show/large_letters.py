"""Large letters, to be read from afar."""

from __future__ import annotations

_ROWS = 5
_GLYPHS = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-% ",
        (
            *("69996", "26227", "E168F", "E161E", "99F11", "F8E1E", "68E96", "F1244"),
            *("69696", "69716", "69F99", "E9E9E", "78887", "E999E", "F8E8F", "F8E88"),
            *("78B97", "99F99", "72227", "11196", "9ACA9", "8888F", "9FF99", "9DB99"),
            *("69996", "E9E88", "69961", "E9EA9", "7861E", "72222", "99996", "99966"),
            *("99FF9", "99699", "99722", "F168F", "00F00", "91249", "00000"),
        ),
        strict=True,
    )
)
"""Letters of four by five points: a hexadecimal digit is a row of four."""


def large(text: str, width: int, ink: str) -> list[str]:
    """A text in large letters, as large as a width allows; empty where none fit."""
    for points in (4, 3, 2, 1):
        if len(text) * 5 * points <= width:
            break
    else:
        return []
    high = max(1, points // 2)
    lines = [_large_row(text, row, points, ink) for row in range(_ROWS)]
    return [line for line in lines for _ in range(high)]


def _large_row(text: str, row: int, points: int, ink: str) -> str:
    line = ""
    for letter in text.upper():
        bits = int(_GLYPHS.get(letter, _GLYPHS[" "])[row], 16)
        line += "".join((ink if bits >> n & 1 else " ") * points for n in (3, 2, 1, 0))
        line += " " * points
    return line

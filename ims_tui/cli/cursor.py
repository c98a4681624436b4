"""Measures how wide a terminal draws a text, by asking where its cursor is."""

from __future__ import annotations

import os
import re
import select
import sys
import termios
import time
import tty
from collections.abc import Iterable, Mapping

_PATIENCE_S = 0.5
_REPLY = re.compile(rb"\x1b\[\d+;(\d+)R")


def measured_widths(texts: Iterable[str]) -> Mapping[str, int] | None:
    """Cells that each text takes; None where the terminal does not answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    source, target = sys.stdin.fileno(), sys.stdout.fileno()
    before = termios.tcgetattr(source)
    tty.setcbreak(source)
    widths = {}
    try:
        for text in texts:
            os.write(target, f"\r{text}\x1b[6n".encode("utf-8", "replace"))
            column = _column(source)
            if column is None:
                return None
            widths[text] = column - 1
    finally:
        os.write(target, b"\r\x1b[2K")
        termios.tcsetattr(source, termios.TCSAFLUSH, before)
    return widths


def _column(source: int) -> int | None:
    received, until_s = b"", time.monotonic() + _PATIENCE_S
    while (left_s := until_s - time.monotonic()) > 0:
        if not select.select([source], [], [], left_s)[0]:
            break
        received += os.read(source, 64)
        if found := _REPLY.search(received):
            return int(found[1])
    return None

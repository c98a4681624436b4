"""Cuts what a terminal sends into keys, escape sequences and pastes.

Pure: the caller says what time it is. However slowly a line delivers, what began as
an escape sequence never ends as letters, and what was pasted is never run as keys.
"""

from __future__ import annotations

import re

from msgspec import Struct

ESCAPE_S = 0.4
"""Wait after a lone ESC for the rest of a sequence: a slow line cuts them in two."""

ALT_S = 0.1
"""Longest pause between ESC and a letter that still make one key with alt."""

PASTE_S = 2.0
"""A bracketed paste in which nothing came for so long is over, without its end."""

LONG_PASTE_S = 10.0
"""A bracketed paste that is older is over at any pause of a hand: its end was lost."""

HAND_S = 0.5
"""Such a pause, which no text that still comes makes."""

MOST_BY_HAND = 100
"""Characters that keys held down bring within `PASTE_S`; a text brings more."""

BURST_S = 0.15
"""A paste without brackets lasts until nothing came for so long."""

BURST = 32
"""Printable characters in one read that nobody typed: a paste without brackets."""

MOST_HELD_KEYS = 4
"""Different characters of keys that are held down; more of them are a text."""

STRING_S = 1.0
"""An answer of the terminal in which nothing came for so long is over."""

MOST_SEQUENCE = 64
"""Characters of an escape sequence; a longer one means nothing."""

MOST_PASTED = 4_000_000
"""Characters of a paste that are kept."""

ESC = "\x1b"
PASTE_BEGIN, PASTE_END = "\x1b[200~", "\x1b[201~"

# Texts, not compiled: `re` compiles each at its first use and keeps it.
# ECMA-48 5.4: parameters, intermediates, a final byte. Besides: `ESC [ M` and three
# characters (X10 mouse), `ESC [ [ A` (F1 on the Linux console), `ESC [ 2 $` (rxvt).
_PLAIN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+"  # with the ends of lines
_WHOLE = (
    r"\x1b(?:\[(?:M[^\x00-\x1f]{3}|\[[^\x00-\x1f]|\d+\$|(?![M\[])[0-?]*[ -/]*[@-~])"
    r"|O[0-9;]*[@-~]|(?![\[O\]P_^X])[^\x00-\x1f\x7f])"
)
_BEGUN = r"\x1b(?:\[(?:M[^\x00-\x1f]{0,2}|\[|[0-?]*[ -/]*)|O[0-9;]*)?"
_STRING = r"\x1b[\]P_^X]"  # OSC, DCS, APC, PM, SOS
_STRING_END = r"[\x07\x18\x1a\x9c]|(?=[\x03\x1b])"
_CTRL_C = r"\x03|\x1b\[99;5(?::1)?u"  # the second by the keyboard protocol of kitty
_IN_PASTE = rf"(?P<end>\x1b\[201~)|{_CTRL_C}"
_HALF_IN_PASTE = r"\x1b(?:\[(?:20?|201|99?|99;|99;5|99;5:|99;5:1)?)?\Z"
_JOB_ID = r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


class Keystroke(Struct, frozen=True):
    """A character, or a whole escape sequence."""

    text: str


class Pasted(Struct, frozen=True):
    """A text that was pasted; its lines end in newlines."""

    text: str


Typed = Keystroke | Pasted


class InputStream:
    """Takes characters as they come, gives keys and pastes once they are whole."""

    def __init__(self) -> None:
        self._held = ""  # an escape sequence that is not whole yet
        self._is_paste = self._is_string = False
        self._pasted: list[str] = []
        self._pasted_length = 0
        self._burst_until_s = 0.0
        self._long_paste_s = 0.0
        self._count_from_s, self._count = 0.0, 0
        self._last_s = 0.0
        self._typed: list[Typed] = []

    def feed(self, text: str, now_s: float) -> list[Typed]:
        """Take what came in one read."""
        if not self._is_paste and now_s >= self._burst_until_s:
            self._end_paste()
        if self._is_paste and self._is_typed(len(text), now_s):
            self._is_paste, self._held = False, ""
            self._end_paste()
        if self._held == ESC and now_s - self._last_s >= ALT_S:
            self._end_escape(text)
        self._last_s = now_s
        data, self._held, place = self._held + text, "", 0
        while place < len(data):
            if self._is_paste:
                place = self._in_paste(data, place)
            elif self._is_string:
                place = self._in_string(data, place)
            elif data[place] == ESC:
                place = self._sequence(data, place)
            else:
                place = self._plain(data, place, now_s)
        return self._taken()

    def _is_typed(self, length: int, now_s: float) -> bool:
        """Whether what comes into a paste that is long open is a key held down."""
        if now_s - self._count_from_s < PASTE_S:
            self._count += length
            return False
        is_few = self._count <= MOST_BY_HAND
        self._count_from_s, self._count = now_s, length
        return is_few and now_s >= self._long_paste_s

    def expire(self, now_s: float) -> list[Typed]:
        """End what has waited long enough for more."""
        if (due_s := self.due_s) is None or now_s < due_s:
            return []
        if self._is_string:
            self._is_string = False
        elif self._is_paste or self._pasted:
            self._is_paste, self._held = False, ""
            self._end_paste()
        elif self._held == ESC:
            self._held = ""
            self._typed.append(Keystroke(ESC))
        return self._taken()

    @property
    def due_s(self) -> float | None:
        """When `expire` has something to do, unless more comes before."""
        if self._is_string:
            return self._last_s + STRING_S
        if self._is_paste:
            long_s = max(self._long_paste_s, self._last_s + HAND_S)
            return min(self._last_s + PASTE_S, long_s)
        if self._pasted:
            return self._burst_until_s
        return self._last_s + ESCAPE_S if self._held == ESC else None

    def _taken(self) -> list[Typed]:
        typed, self._typed = self._typed, []
        return typed

    def _end_escape(self, text: str) -> None:
        """A letter long after ESC is a key of its own, unless it begins a sequence."""
        if text and text[0] not in "[O]P_^X\\":
            self._held = ""
            self._key(ESC)

    def _key(self, text: str) -> None:
        self._end_paste()
        self._typed.append(Keystroke(text))

    def _sequence(self, data: str, place: int) -> int:
        if whole := re.compile(_WHOLE).match(data, place):
            self._take(whole[0])
            return whole.end()
        if string := re.compile(_STRING).match(data, place):
            self._is_string = True
            return string.end()
        begun = re.compile(_BEGUN).match(data, place)
        end = begun.end() if begun else place + 1
        if end == len(data):
            self._held = data[place:][: MOST_SEQUENCE + 1]
        elif end == place + 1:  # ESC before another one, or before a control character
            self._key(ESC)
        return end  # what broke off means nothing

    def _take(self, sequence: str) -> None:
        if sequence == PASTE_BEGIN:
            self._end_paste()
            self._is_paste = True
            self._long_paste_s = self._last_s + LONG_PASTE_S
            self._count_from_s, self._count = self._last_s, 0
        elif len(sequence) <= MOST_SEQUENCE and sequence not in (PASTE_END, "\x1b\\"):
            self._key(sequence)

    def _in_string(self, data: str, place: int) -> int:
        """Pass over an answer that nobody asked for."""
        end = re.compile(_STRING_END).search(data, place)
        if end is None:
            return len(data)
        self._is_string = False
        return end.end()

    def _in_paste(self, data: str, place: int) -> int:
        found = re.compile(_IN_PASTE).search(data, place)
        if found is None:
            half = re.compile(_HALF_IN_PASTE).search(data, place)
            end = half.start() if half else len(data)
            self._held = data[end:]
            self._keep(data[place:end])
            return len(data)
        self._keep(data[place : found.start()])
        if found["end"]:
            self._is_paste = False
            self._end_paste()
        else:  # leads out, also of a paste that never ends
            self._typed.append(Keystroke("\x03"))
        return found.end()

    def _plain(self, data: str, place: int, now_s: float) -> int:
        run = re.compile(_PLAIN).match(data, place)
        if run is None:
            self._key(data[place])
            return place + 1
        if now_s < self._burst_until_s or _is_burst(run[0]):
            self._burst_until_s = now_s + BURST_S
            self._keep(run[0])
        else:
            for character in run[0]:
                self._key(character)
        return run.end()

    def _keep(self, text: str) -> None:
        text = text[: MOST_PASTED - self._pasted_length]
        if text:
            self._pasted.append(text)
            self._pasted_length += len(text)

    def _end_paste(self) -> None:
        if not self._pasted:
            return
        text = "".join(self._pasted).replace("\r\n", "\n").replace("\r", "\n")
        self._pasted.clear()
        self._pasted_length = 0
        self._typed.append(Pasted(text.replace("\x00", "")))


def _is_burst(text: str) -> bool:
    """Whether nobody typed this: it holds a job id, or is long and no held key."""
    if re.search(_JOB_ID, text) is not None:
        return True
    printable = [each for each in text if each.isprintable()]
    return len(printable) >= BURST and len(set(printable)) > MOST_HELD_KEYS

"""Text that is safe and aligned on a terminal: escapes, cell widths, durations.

What `printable` lets through has one width on which this program, the library that
draws it and nearly every terminal agree. What is invisible, or takes two cells here
and one or none there, is shown as an escape: joiners, variation selectors and skin
tones (so a compound emoji shows as its parts), and the signs that became wide in
Unicode 16.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

BOM = "\ufeff"
"""The byte order mark that some editors write in front of UTF-8 text."""

MAX_TEXT = 4096
"""Characters kept of one remote string; the rest is counted, not shown."""

MAX_MARKS = 4
"""Accents kept on one letter; more would be drawn over the neighbouring lines."""

# Categories that move the cursor, reorder text or cannot be encoded: control, format
# (bidi overrides, joiners, tags), surrogate, private, unassigned, line and paragraph
# separators.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})


def _chars(*spans: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(n) for first, last in spans for n in range(first, last + 1))


# What terminals do not agree about.
_LETTERS_WITHOUT_INK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_NOT_AGREED = _LETTERS_WITHOUT_INK | _chars(
    (0x180B, 0x180F),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xE0100, 0xE01EF),
    (0x1F3FB, 0x1F3FF),  # skin tones: no cell here, two there
    (0x2630, 0x2637),  # wide since Unicode 16
    (0x268A, 0x268F),
    (0x4DC0, 0x4DFF),
    (0x1D300, 0x1D356),
    (0x1D360, 0x1D378),
)
_MARKS = frozenset({"Mn", "Me", "Mc"})
# Later parts of a Hangul syllable are drawn into its first.
_LATER_JAMO = _chars((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


@lru_cache(maxsize=4096)
def _escape(char: str) -> str:
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if 0xDC80 <= code <= 0xDCFF:  # how Python carries a byte that is not UTF-8
        code -= 0xDC00
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@lru_cache(maxsize=4096)
def is_unsafe(char: str) -> bool:
    """Whether a character could steer a terminal, hide in a text or shift a column."""
    return unicodedata.category(char) in _UNSAFE or char in _NOT_AGREED


def printable(text: str, limit: int = MAX_TEXT) -> str:
    """Return text with every control, bidi and surrogate as a visible escape.

    At most `limit` characters of the original are kept; a cut says how many there
    were. The result is one line and encodes as UTF-8.
    """
    kept = text[:limit]
    if not (kept.isascii() and kept.isprintable()):
        kept = "".join(_visible(kept))
    if len(text) > limit:
        kept += f".. ({len(text)} characters)"
    return kept


class _Kinds(dict[str, int]):
    """Cells of each character met, -1 for an unsafe one; forgets all when full."""

    def __missing__(self, char: str) -> int:
        if len(self) >= 8192:
            self.clear()
        self[char] = kind = -1 if is_unsafe(char) else char_cells(char)
        return kind


_KINDS = _Kinds()


def _visible(text: str) -> Iterator[str]:
    marks = MAX_MARKS  # at the beginning there is no letter that could carry one
    for char in text:
        kind = _KINDS[char]
        if kind > 0:
            marks = MAX_MARKS if char.isspace() else 0  # a blank carries none either
            yield char
        elif kind == 0 and marks < MAX_MARKS:
            marks += 1
            yield char
        else:
            marks = MAX_MARKS
            yield _escape(char)


@lru_cache(maxsize=8192)
def char_cells(char: str) -> int:
    """Terminal cells one character takes: 0 for marks, 2 for wide ones, else 1."""
    if char.isascii():
        return 1
    if unicodedata.category(char) in _MARKS or char in _LATER_JAMO:
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def cell_len(text: str, measure: Callable[[str], int] = char_cells) -> int:
    """Terminal cells a printable text takes."""
    if text.isascii():
        return len(text)
    return sum(map(measure, text))


def cut(text: str, width: int) -> str:
    """Cut text to at most `width` cells; a cut text ends in two dots."""
    if len(text) * 2 <= width or (text.isascii() and len(text) <= width):
        return text
    if width <= 2:
        return text if cell_len(text) <= width else "." * width
    if text.isascii():
        return text[: width - 2] + ".."
    cells = kept = 0
    # Looks no further than it must: a remote text may be very long.
    for index, char in enumerate(text, 1):
        cells += char_cells(char)
        if cells <= width - 2:
            kept = index
        elif cells > width:
            return text[:kept] + ".."
    return text


def cut_at_word(text: str, width: int) -> str:
    """Cut a sentence to at most `width` cells behind a whole word, where one ends late.

    A word that takes half of the width, as an address does, is cut itself.
    """
    short = cut(text, width)
    if short == text:
        return text
    kept = short.removesuffix("..")
    head = kept if text[len(kept)] == " " else kept.rpartition(" ")[0]
    whole = head.rstrip(" ,;:(")
    return f"{whole}.." if cell_len(whole) * 2 >= width else short


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Cut or pad text to exactly `width` cells, aligned left unless `right`."""
    text = cut(text, width)
    pad = " " * (width - cell_len(text))
    return pad + text if right else text + pad


def wrapped(text: str, width: int) -> list[str]:
    """Break a text at blanks to a width in cells; a longer word is cut hard.

    Before the first layout there is no width yet, and then it counts as one.
    """
    lines: list[str] = []
    current, width = "", max(1, width)
    for word in text.split(" "):
        if current and cell_len(current) + 1 + cell_len(word) <= width:
            current += f" {word}"
            continue
        if current:
            lines.append(current)
        current = word
        while cell_len(current) > width:
            piece = cut(f"{current}..", width + 2).removesuffix("..") or current[:1]
            lines.append(piece)
            current = current[len(piece) :]
    return [*lines, current]


def folded(texts: Sequence[str], width: int, most: int) -> list[str]:
    """Sentences on lines of their own; run together where those would be too many."""
    lines = [part for text in texts for part in wrapped(text, width)]
    if len(lines) > most:
        lines = wrapped(" ".join(texts), width)
    if len(lines) > most:
        lines[most - 1 :] = [cut(" ".join(lines[most - 1 :]), width)]
    return lines


def short_id(job_id: str, width: int = 18) -> str:
    """Cut an id in the middle: time-ordered ids share their beginning."""
    if len(job_id) <= width or width < 6 or not job_id.isascii():
        return cut(job_id, width)
    head = (width - 2) // 2
    return f"{job_id[:head]}..{job_id[-(width - 2 - head) :]}"


def duration(seconds: float) -> str:
    """Format a duration in at most six characters: `0:08`, `1h14m`, `2d03h`, `120d`.

    Never negative: clocks disagree, and a row is not the place to say so.
    """
    total = max(0, int(seconds))
    if total < 3600:
        return f"{total // 60}:{total % 60:02d}"
    if total < 86400:
        return f"{total // 3600}h{total % 3600 // 60:02d}m"
    days = total // 86400
    return f"{days}d{total % 86400 // 3600:02d}h" if days < 100 else f"{days}d"


def span(seconds: float, digits: int = 0) -> str:
    """Format a duration for a sentence: `38s`, `4m12s`, then as `duration` does.

    Args:
        seconds: never shown below 0.
        digits: decimals below a minute.
    """
    total = max(0.0, round(seconds, digits))
    if total < 60:
        return f"{total:.{digits}f}s"
    if total < 3600:
        return f"{total // 60:.0f}m{total % 60 // 1:02.0f}s"
    return duration(total)


def age(seconds: float) -> str:
    """Format the age of a value in one unit: `4s`, `12m`, `3h`, `9d`."""
    total = max(0, int(seconds))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if total >= size:
            return f"{total // size}{unit}"
    return f"{total}s"


def age_below(seconds: float) -> str:
    """Format an age that may grow to this: `<25s`, `<3m`. Never too low."""
    total = max(0, int(seconds))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if total >= size:
            return f"<{total // size + 1}{unit}"
    return f"<{total + 1}s"


def whole_percent(ratio: float) -> int:
    """A ratio as the percent that is shown: 100 only when it is complete."""
    return int(ratio * 100 + 1e-9)


def plural(count: int, one: str, many: str) -> str:
    """Return `1 job` or `2 jobs`."""
    return f"{count} {one if count == 1 else many}"


def unstopped(text: str) -> str:
    """A sentence without its full stop; what is cut keeps the dots that say so."""
    return text if text.endswith("..") else text.removesuffix(".")


def sentences(*texts: str) -> str:
    """Join what is told, each as a sentence with its end, and nothing twice.

    What is cut keeps the dots that say so.
    """
    told: list[str] = []
    for text in filter(None, map(str.strip, texts)):
        bare = unstopped(text)
        if not any(bare in before for before in told):
            told.append(bare if bare.endswith(("?", "!", "..")) else f"{bare}.")
    return " ".join(told)


def in_ascii(text: str) -> str:
    """Text for a terminal that shows ASCII only: `?` in each other cell, as of `ls`."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() else "?" * char_cells(c) for c in text)

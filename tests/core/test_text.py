"""Text rules: escapes, widths, cuts and short forms of numbers."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len as drawn_cells

from ims_tui.core.text import (
    age,
    age_below,
    cell_len,
    char_cells,
    cut,
    cut_at_word,
    duration,
    fit,
    is_unsafe,
    plural,
    printable,
    sentences,
    short_id,
    span,
    wrapped,
)

# More of what matters than plain `text()` would find.
NASTY = (
    "\x00\x1b\x7f\x9b\n\t\u00ad\u061c\u200b\u200c\u200d\u200e\u2028\u202e\u2066\ufeff"
    "\ufe0e\ufe0f\U000e0041\U000e0100\ud800\udfff\u0301\u0e49\u0903\u115f\u1100\u1161"
    "\u11a8\u3164\U0001f468\U0001f3fd\U0001f1e9\U0001f1ea\u2764\u4e2d\u05d0\uffff"
)
anything = st.text(st.characters() | st.sampled_from(NASTY), max_size=60)


@pytest.mark.parametrize(
    "text",
    [
        "rocky9-base",
        "金蝶数据盘，第二版",
        "café, Ångström, Việt Nam",
        unicodedata.normalize("NFD", "café, Việt Nam, 한국"),
        "ภาษาไทยน้ำ",
        "🚀 release ❤ 🇩🇪",
        "✓ ▸ ⣿⣀ `[bold]` \\n",
    ],
)
def test_honest_text_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x9b2J", r"\x9b2J"),
        ("user\u202ecod.exe", r"user\u202ecod.exe"),
        ("\u2066x\u2069\u061c", r"\u2066x\u2069\u061c"),
        ("lone \ud800", r"lone \ud800"),
        ("byte \udcff", r"byte \xff"),
        ("tag \U000e0041", r"tag \U000e0041"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("a\u200db", r"a\u200db"),
        ("\u26a0\ufe0f", "\u26a0\\ufe0f"),
        ("\U0001f44d\U0001f3fd", "\U0001f44d\\U0001f3fd"),
        ("\u3164", r"\u3164"),
        ("\u0301x", r"\u0301x"),
        (" \u0301x", r" \u0301x"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + r"\u0301\u0301"),
        ("\u1161" * 2, r"\u1161\u1161"),
    ],
)
def test_what_steers_hides_or_shifts_is_escaped(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_a_long_text_is_counted() -> None:
    assert printable("x" * 20, 5) == "xxxxx.. (20 characters)"


@given(anything)
def test_printable_is_safe_and_stable(text: str) -> None:
    shown = printable(text)
    assert shown.encode().decode() == shown
    assert not any(map(is_unsafe, shown))
    assert len(shown.splitlines()) <= 1
    assert printable(shown) == shown


def test_every_character_has_the_width_it_is_drawn_with() -> None:
    shown = [
        char for char in map(chr, range(sys.maxunicode + 1)) if not is_unsafe(char)
    ]
    assert len(shown) > 100_000
    assert [c for c in shown if char_cells(c) != drawn_cells(c)] == []


@given(anything)
@example("\U0001f468\u200d\U0001f469\u200d\U0001f467")
@example("\u2764\ufe0f\U0001f1e9\U0001f1ea1\ufe0f\u20e3")
@example("\u1112\u1161\u11ab\u0e33\u0903")
def test_texts_have_the_width_they_are_drawn_with(text: str) -> None:
    shown = printable(text)
    assert cell_len(shown) == drawn_cells(shown)


@given(anything, st.integers(0, 40), st.booleans())
def test_fit_fills_its_cells_exactly(text: str, width: int, right: bool) -> None:
    shown = printable(text)
    fitted = fit(shown, width, right=right)
    assert drawn_cells(fitted) == width
    if cell_len(shown) <= width:
        assert fitted.strip() == shown.strip()
    elif width > 2:
        assert fitted.rstrip().endswith("..")


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("rocky9-base", 11, "rocky9-base"),
        ("rocky9-base", 8, "rocky9.."),
        ("数据盘备份", 10, "数据盘备份"),
        ("数据盘备份", 9, "数据盘.."),
        ("数据盘备份", 7, "数据.."),
        ("abc", 2, ".."),
        ("数据", 1, "."),
        ("数", 2, "数"),
        ("abc", 0, ""),
        ("abc", -1, ""),
    ],
)
def test_cut(text: str, width: int, expected: str) -> None:
    assert cut(text, width) == expected


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("limit:200, time:1 minute", 24, "limit:200, time:1 minute"),
        ("limit:200, time:1 minute", 20, "limit:200, time:1.."),
        ("limit:200, time:1 minute", 19, "limit:200, time:1.."),
        ("limit:200, time:1 minute", 18, "limit:200.."),
        ("https://example.com/a/long/way", 12, "https://ex.."),
        ("to https://example.com/a/long/way", 16, "to https://exa.."),
        ("数据盘 备份 失败", 13, "数据盘 备份.."),
    ],
)
def test_a_sentence_is_cut_behind_a_word(text: str, width: int, expected: str) -> None:
    assert cut_at_word(text, width) == expected


@given(st.text(), st.integers(3, 40))
def test_a_cut_sentence_fits(text: str, width: int) -> None:
    shown = printable(text)
    short = cut_at_word(shown, width)
    assert cell_len(short) <= width
    assert (short == shown) is (cell_len(shown) <= width)


def test_what_is_cut_keeps_its_dots_in_front_of_the_next_sentence() -> None:
    assert sentences("It broke at..", "Ask.") == "It broke at.. Ask."
    assert sentences("It broke", "Why?", "Ask.") == "It broke. Why? Ask."


def test_fit_aligns_right() -> None:
    assert fit("7%", 5, right=True) == "   7%"


def test_cutting_does_not_read_a_long_text_to_its_end() -> None:
    """What does would not come back from here within an hour."""
    long = "数" * 2_000_000
    for _ in range(20_000):
        assert cut(long, 20) == "数" * 9 + ".."


def test_short_ids_keep_both_ends() -> None:
    assert short_id("9a175ac79d2a54ad019df20050660001") == "9a175ac7..50660001"
    assert short_id("9a17", 18) == "9a17"
    assert cell_len(short_id("数" * 20, 18)) <= 18


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "0:00"),
        (8.9, "0:08"),
        (1269, "21:09"),
        (4440, "1h14m"),
        (2 * 86400 + 3 * 3600, "2d03h"),
        (120 * 86400, "120d"),
    ],
)
def test_durations(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


@given(st.floats(0, 9e9))
def test_durations_take_six_characters(seconds: float) -> None:
    assert len(duration(seconds)) <= 6 + (seconds > 99_999 * 86_400)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-1, "0s"), (4, "4s"), (720, "12m"), (3 * 3600, "3h"), (9 * 86400, "9d")],
)
def test_ages(seconds: float, expected: str) -> None:
    assert age(seconds) == expected


@given(st.floats(0, 1e9))
def test_an_age_below_is_above_it(seconds: float) -> None:
    number, unit = age_below(seconds)[1:-1], age_below(seconds)[-1]
    assert int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit] > seconds


def test_plurals() -> None:
    assert plural(1, "job", "jobs") == "1 job"
    assert plural(2, "job", "jobs") == "2 jobs"


@pytest.mark.parametrize(
    ("seconds", "digits", "text"),
    [
        (-3, 0, "0s"),
        (0.4, 1, "0.4s"),
        (59.96, 1, "1m00s"),
        (59.6, 0, "1m00s"),
        (252, 1, "4m12s"),
        (3599.6, 0, "1h00m"),
        (5900, 0, "1h38m"),
        (190_000, 0, "2d04h"),
    ],
)
def test_spans_of_sentences(seconds: float, digits: int, text: str) -> None:
    assert span(seconds, digits) == text


@given(st.text(max_size=60), st.integers(-5, 40))
def test_wrapped_text_is_whole_at_any_width(text: str, width: int) -> None:
    """A width of nothing, or less, is that of a screen before its first layout."""
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(
        len(line) == 1 or cell_len(line) <= max(1, width) for line in lines if line
    )

"""What a terminal sends becomes the same keys and pastes however it is cut in parts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.ui.input_stream import (
    ALT_S,
    BURST,
    BURST_S,
    ESCAPE_S,
    HAND_S,
    LONG_PASTE_S,
    MOST_PASTED,
    MOST_SEQUENCE,
    PASTE_S,
    STRING_S,
    InputStream,
    Keystroke,
    Pasted,
    Typed,
)

LONG_S = 60.0
JOB = "ff8080814dbd65d7014dbe0d84db0013"
UP, SHORT = Keystroke("\x1b[A"), ALT_S / 2

SEQUENCES = [
    "\x1b[A",
    "\x1bOA",
    "\x1b[1;5A",
    "\x1b[<0;40;9M",
    "\x1b[M !!",
    "\x1b[[A",
    "\x1b[99;5u",
    "\x1b[?2026;2$y",
    "\x1b[I",
]
PIECES = [
    *(st.just(each) for each in SEQUENCES),
    st.sampled_from(["j", "A", "\r", "\t", "\x03", "?", "？", " "]),
    st.just("\x1b]52;c;QUJD\x07"),
    st.just("\x1bPq\x1b\\"),
    st.text(st.sampled_from("dq A\r\n"), max_size=9).map(
        lambda text: f"\x1b[200~x{text}\x1b[201~"
    ),
]


def typed(parts: Sequence[str], pauses: Sequence[float]) -> list[Typed]:
    """What comes of parts, each of them after its pause, and of a long rest."""
    stream, now_s = InputStream(), 100.0
    given_out: list[Typed] = []
    for part, pause_s in zip(parts, pauses, strict=True):
        now_s += pause_s
        while (due_s := stream.due_s) is not None and due_s < now_s:
            given_out += stream.expire(due_s)
        given_out += stream.feed(part, now_s)
    while (due_s := stream.due_s) is not None:
        given_out += stream.expire(due_s)
    return given_out


def once(text: str) -> list[Typed]:
    return typed([text], [0.0])


@given(st.lists(st.one_of(PIECES), max_size=6), st.data())
def test_a_cut_at_any_place_changes_nothing(
    pieces: list[str], data: st.DataObject
) -> None:
    text = "".join(pieces)
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=5)))
    parts = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    within_s = min(ESCAPE_S, PASTE_S, STRING_S)
    pauses = [data.draw(st.floats(0, within_s, exclude_max=True)) for _ in parts]
    assert typed(parts, pauses) == once(text)


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_begun_sequence_is_never_letters_however_long_it_takes(sequence: str) -> None:
    for place in range(2, len(sequence)):
        parts = [sequence[:place], sequence[place:]]
        assert typed(parts, [0.0, LONG_S]) == [Keystroke(sequence)]
    assert typed(["\x1b", sequence[1:]], [0.0, 0.9 * ESCAPE_S]) == [Keystroke(sequence)]


@given(st.text(max_size=200), st.floats(0, LONG_S))
def test_nothing_breaks_it_and_the_next_key_counts(noise: str, pause_s: float) -> None:
    rest = max(PASTE_S, STRING_S) + 0.1
    parts = [noise, "\x18", "\x03"]
    assert typed(parts, [pause_s, rest, rest])[-1] == Keystroke("\x03")


def test_escape_alone_is_a_key_after_its_wait() -> None:
    stream = InputStream()
    assert stream.feed("\x1b", 1.0) == []
    assert stream.expire(1.0 + ESCAPE_S / 2) == []
    assert stream.expire(1.0 + ESCAPE_S) == [Keystroke("\x1b")]
    assert stream.due_s is None


def test_a_letter_behind_escape_is_alt_at_once_and_a_key_later() -> None:
    assert once("\x1bd") == [Keystroke("\x1bd")]
    assert typed(["\x1b", "d"], [0.0, SHORT]) == [Keystroke("\x1bd")]
    assert typed(["\x1b", "j"], [0.0, 2 * ALT_S]) == [Keystroke("\x1b"), Keystroke("j")]


@pytest.mark.parametrize(
    "text",
    [
        f'{{"job_id": "{JOB}"}}\r',
        JOB,
        "ff808081-4dbd-65d7-014d-be0d84db0013",
        "0" * 32,
        "The quick brown fox jumps over it",
    ],
)
def test_a_text_that_nobody_typed_is_a_paste(text: str) -> None:
    assert once(text) == [Pasted(text.replace("\r", "\n"))]


@pytest.mark.parametrize("text", ["j" * 300, "jk" * 100, "/type:import\r", "dd"])
def test_what_is_typed_ahead_or_held_down_is_keys(text: str) -> None:
    assert once(text) == [Keystroke(each) for each in text]


def test_the_rest_of_a_long_paste_without_brackets_belongs_to_it() -> None:
    lines = f"{JOB}\r" * BURST
    assert typed([lines[:100], lines[100:]], [0.0, BURST_S / 2]) == [
        Pasted(lines.replace("\r", "\n"))
    ]
    assert typed([lines, "d"], [0.0, 2 * BURST_S])[-1] == Keystroke("d")


def test_ends_of_lines_in_a_paste_are_newlines() -> None:
    for end in ("\r", "\r\n", "\n"):
        text = f"\x1b[200~{JOB}{end}{JOB}{end}\x1b[201~"
        assert once(text) == [Pasted(f"{JOB}\n{JOB}\n")]


def test_a_paste_without_its_end_is_over_after_a_while() -> None:
    stream = InputStream()
    assert stream.feed("\x1b[200~hello ", 1.0) == []
    assert stream.expire(1.0 + PASTE_S) == [Pasted("hello ")]
    assert stream.feed("j", 9.0) == [Keystroke("j")]


@pytest.mark.parametrize("ctrl_c", ["\x03", "\x1b[99;5u"])
def test_ctrl_c_leads_out_of_a_paste_and_of_an_answer(ctrl_c: str) -> None:
    stream = InputStream()
    assert stream.feed(f"\x1b[200~hello {ctrl_c}", 1.0) == [Keystroke("\x03")]
    assert stream.feed(ctrl_c, 1.1) == [Keystroke("\x03")]
    assert once(f"\x1b]52;c;AAAA{ctrl_c}") == [Keystroke(ctrl_c)]


def test_nothing_that_arrives_is_kept_without_bound() -> None:
    stream = InputStream()
    for number in range(50):
        assert stream.feed("\x1b[" if not number else "9" * 4096, 1.0) == []
    assert stream.feed("A", 1.0) == []
    assert once(f"\x1b]52;c;{'QUJD' * 20_000}\x07j") == [Keystroke("j")]
    assert once(f"\x1b[{'1' * MOST_SEQUENCE}A") == []
    (pasted,) = once(f"\x1b[200~{'x ' * MOST_PASTED}\x1b[201~")
    assert isinstance(pasted, Pasted)
    assert len(pasted.text) == MOST_PASTED


def test_up_is_up() -> None:
    assert once("\x1b[A") == [UP]


@given(st.floats(HAND_S, PASTE_S - 0.1))
def test_a_paste_without_end_is_over_however_often_a_key_comes(pause_s: float) -> None:
    stream, now_s = InputStream(), 1.0
    typed = stream.feed("\x1b[200~a", now_s)
    while now_s < 1.0 + LONG_PASTE_S + 2 * pause_s:
        now_s += pause_s
        typed += stream.expire(now_s)
        typed += stream.feed("j", now_s)
    assert isinstance(typed[0], Pasted)
    assert Keystroke("j") in typed

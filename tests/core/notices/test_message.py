"""Several news as one message."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.notices.message import MOST_CELLS, message_of
from ims_tui.core.notices.news import LEVELS, Level
from ims_tui.core.text import cell_len
from tests.core.notices.some_news import some_news


def test_one_keeps_its_own_words() -> None:
    message = message_of([some_news("fail")])
    assert message.title == "ims-tui: job1 fail"
    assert message.body == "job1 is told as fail"
    assert message.level is Level.URGENT


def test_several_are_counted_with_their_common_cause() -> None:
    failures = [
        some_news("fail", n, seconds=n, code="IMG.0057" if n < 4 else "IMG.0001")
        for n in (1, 2, 3, 4)
    ]
    good = [some_news("success", n) for n in (7, 8)]
    message = message_of([*good, *failures])
    assert message.title == "ims-tui: 4 failed, 2 ok"
    assert message.body.splitlines() == [
        "4 failed, IMG.0057 x3: job1, job2, job3, +1",
        "2 ok: job7, job8",
    ]
    assert message.level is Level.URGENT


@given(st.lists(st.sampled_from(list(LEVELS)), min_size=1, max_size=200))
def test_it_is_short_and_as_urgent_as_the_worst(kinds: list[str]) -> None:
    message = message_of([some_news(kind, n) for n, kind in enumerate(kinds)])
    lines = [message.title, *message.body.splitlines()]
    assert len(lines) <= 1 + len(LEVELS)
    assert all(cell_len(line) <= MOST_CELLS for line in lines)
    worst = min(kinds, key=lambda kind: list(Level).index(LEVELS[kind]))
    assert message.level is LEVELS[worst]
    assert len(message.news) == len(kinds)

"""Messages in Chinese."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.notices.chinese import WORDS, in_chinese
from ims_tui.core.notices.message import message_of
from ims_tui.core.notices.news import LEVELS
from tests.core.notices.some_news import some_news


def test_every_kind_has_its_word() -> None:
    assert WORDS.keys() == LEVELS.keys()


def test_a_failure_with_what_the_manual_says() -> None:
    news = replace(
        some_news("fail", code="IMG.0057"),
        facts={"REASON": "no file"},
        advice_zh="文件不存在。 请检查。",
        unheeded_s=900.0,
    )
    message = in_chinese(message_of([news]))
    assert message.title == "ims-tui：job1 失败（15m 内无人确认）"
    assert message.body == "IMG.0057 no file\n文件不存在。 请检查。"


@pytest.mark.parametrize("kind", LEVELS)
def test_each_kind_alone_says_something(kind: str) -> None:
    message = in_chinese(message_of([some_news(kind)]))
    assert WORDS[kind] in message.title
    assert message.body


def test_several_are_counted() -> None:
    news = [some_news("fail", n, code="IMG.0057") for n in range(4)]
    message = in_chinese(message_of([*news, some_news("success", 9)]))
    assert message.title == "ims-tui：4 个失败，1 个成功"
    first, second = message.body.splitlines()
    assert first.startswith("失败：job0 IMG.0057，") and first.endswith("，+1")
    assert second == "成功：job9"

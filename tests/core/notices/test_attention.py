"""Whether anybody looks."""

from __future__ import annotations

from ims_tui.core.notices.attention import Attention
from ims_tui.core.notices.rules import Candidate, Rule, wants
from tests.core.notices.some_news import some_news


def test_what_the_terminal_reports_decides() -> None:
    assert not Attention(True, 0.0).is_away(9999.0, 60.0)
    assert Attention(False, 100.0).is_away(100.0, 60.0)


def test_without_a_report_keys_decide() -> None:
    assert not Attention(None, 100.0).is_away(159.0, 60.0)
    assert Attention(None, 100.0).is_away(160.0, 60.0)


def test_a_channel_may_hear_only_of_what_nobody_saw() -> None:
    candidate = Candidate(some_news("fail"))
    assert wants(Rule(only_away=True), candidate, is_away=True)
    assert not wants(Rule(only_away=True), candidate, is_away=False)
    assert wants(Rule(only_away=False), candidate, is_away=False)

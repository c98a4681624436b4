"""A profile in lines, and how late an end was noticed: words that are true."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.config.settings import Profile
from ims_tui.core.show.cells import latency
from ims_tui.core.show.pages import profile_lines
from ims_tui.core.show.view import View
from ims_tui.core.signin.refusal import RefusalKind, refusal
from ims_tui.core.state.health import Health
from tests.core.entries import SUCCESS, job, moment, seen

VIEW = View(moment(0))


@pytest.mark.parametrize("health", [None, Health("prod")])
@pytest.mark.parametrize(("is_awaited", "word"), [(True, "asking"), (False, "idle")])
def test_a_profile_that_waits_for_its_first_answer_asks(
    health: Health | None, is_awaited: bool, word: str
) -> None:
    lines = profile_lines(Profile("prod"), health, 1, VIEW, is_awaited=is_awaited)
    assert lines[0][0].text.split() == ["prod", "-", word, "1", "job"]


def test_a_variable_is_not_what_a_reload_reads() -> None:
    """The environment of a program that runs does not change."""
    reloaded, _, _ = refusal(RefusalKind.NO_CREDENTIAL).remedy.partition("reload")
    assert "token_file" in reloaded
    assert "IMS_TUI_TOKEN" not in reloaded


def test_how_late_an_end_was_noticed_is_read_by_people() -> None:
    ended = seen(job(1, SUCCESS, end_s=5.0), 1)
    for late_s, text in ((3.04, "+3.0s"), (3457.0, "+57m37s")):
        assert latency(replace(ended, detection_s=late_s), VIEW, 8).text == text

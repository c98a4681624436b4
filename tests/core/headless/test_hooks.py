"""What the operator's program is told."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.config.settings import NotifySettings
from ims_tui.core.headless.hooks import filled, notices
from ims_tui.core.service.job import JobError
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.watchlist.watch import JobKey, Watch
from tests.core.entries import FAIL, SUCCESS, at, id_of, job, moment

KEY = JobKey("default", id_of(1))
VIEW = View(moment(100))
ENDED = Entry(
    Watch(id_of(1), label="golden"),
    job(1, FAIL, end_s=90, error=JobError("IMG.0057", "no file")),
)
FAILED = Event(at(90), EventKind.FAILED, KEY, "default")


def told(
    entry: Entry, *events: Event, settings: NotifySettings | None = None
) -> list[str]:
    chosen = settings or NotifySettings()
    return [
        n.environ["IMS_TUI_EVENT"] for n in notices(events, {KEY: entry}, VIEW, chosen)
    ]


def test_a_failure_with_all_that_is_known() -> None:
    (notice,) = notices([FAILED], {KEY: ENDED}, VIEW, NotifySettings())
    assert notice.environ["IMS_TUI_TITLE"] == "ims-tui: golden FAIL"
    assert notice.environ["IMS_TUI_CODE"] == "IMG.0057"
    assert notice.environ["IMS_TUI_ELAPSED"] == "90.0"
    document = json.loads(notice.document)
    assert (document["schema"], document["event"]) == (2, "fail")
    assert document["job"]["fail_reason"] == "no file"


def test_who_is_left_alone() -> None:
    assert told(ENDED, FAILED) == ["fail"]
    muted = replace(ENDED, watch=replace(ENDED.watch, muted=True))
    assert told(muted, FAILED) == []
    assert told(replace(ENDED, job=job(1, FAIL, end_s=5)), FAILED) == [], "very short"
    assert told(ENDED, FAILED, settings=NotifySettings(events=("success",))) == []
    already = Event(at(0), EventKind.ALREADY_ENDED, KEY, "default")
    assert told(ENDED, already) == ["fail"], "nobody else has told it"
    well = replace(ENDED, job=job(1, SUCCESS, end_s=90))
    assert told(well, already) == ["success"]
    stopped = Event(at(0), EventKind.STOPPED, profile="default", detail="401")
    assert told(ENDED, stopped) == ["auth"]


@given(st.text())
def test_values_never_become_more_arguments_or_variables(text: str) -> None:
    argv = ["program", "$IMS_TUI_BODY", "a $IMS_TUI_BODY b", "$HOME ${x} $"]
    assert filled(argv, {"IMS_TUI_BODY": text}) == [
        "program",
        text,
        f"a {text} b",
        "$HOME ${x} $",
    ]

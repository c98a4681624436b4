"""What happened in a span of time."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.headless.digest import (
    as_markdown,
    digest_json,
    digest_lines,
    digest_of,
)
from ims_tui.core.notices.letter import Told
from ims_tui.core.service.job import JobError
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.outage import Outage
from ims_tui.core.watchlist.watch import Watch
from tests.core.entries import FAIL, RUNNING, SUCCESS, at, id_of, job, moment

VIEW = View(moment(1000))
BAD = Entry(
    Watch(id_of(1), label="bad"),
    job(1, FAIL, end_s=600, error=JobError("IMG.0057", "no file")),
)
GOOD = Entry(Watch(id_of(2), label="good"), job(2, SUCCESS, end_s=700))
OLD = Entry(Watch(id_of(3), label="old"), job(3, SUCCESS, end_s=100))
LIVE = Entry(Watch(id_of(4), label="live"), job(4, RUNNING))
ALL = (GOOD, BAD, OLD, LIVE)


def test_what_ended_since_then_and_what_goes_on() -> None:
    assert digest_lines(digest_of(ALL, at(500)), VIEW) == [
        "# Since 2026-11-23 12:08:20: 1 failed, 1 ok, 1 still running",
        "",
        "## Failed",
        "",
        "- bad: FAIL after 10:00 at 2026-11-23 12:10:00",
        "  IMG.0057  no file",
        "",
        "## Still running",
        "",
        "- live: RUNNING for 16:40",
        "",
        "## Ended well",
        "",
        "- good: OK after 11:40 at 2026-11-23 12:11:40",
    ]


def test_what_has_no_reply_yet_is_not_said_to_run() -> None:
    fresh = Entry(Watch(id_of(5), label="fresh"))
    digest = digest_of([LIVE, fresh], at(500))
    assert (digest.live, digest.unheard) == ([LIVE], [fresh])
    lines = digest_lines(digest, VIEW)
    assert lines[0].endswith("0 ok, 1 still running, 1 without a reply yet")
    assert lines[-3:-1] == ["## Without a reply yet", ""]
    listed = digest_json(digest, VIEW)["no_reply"]
    assert isinstance(listed, list)
    assert [one["label"] for one in listed] == ["fresh"]


def test_an_end_that_was_found_late_belongs_to_the_time_that_found_it() -> None:
    late = replace(OLD, detection_s=450.0)
    assert digest_of([late], at(500)).well == [late]
    assert digest_of([late], at(550)).well == []


def test_where_nothing_happened() -> None:
    assert digest_lines(digest_of([OLD], at(500)), VIEW) == [
        "# Since 2026-11-23 12:08:20: 0 failed, 0 ok, 0 still running"
    ]


def test_as_json() -> None:
    document = digest_json(digest_of(ALL, at(500)), VIEW)
    assert (document["schema"], document["since"]) == (2, "2026-11-23T12:08:20Z")
    labels = {
        key: [one["label"] for one in jobs]
        for key, jobs in document.items()
        if isinstance(jobs, list)
    }
    assert labels == {"failed": ["bad"], "succeeded": ["good"], "running": ["live"]} | {
        "no_reply": [],
        "outages": [],
        "told": [],
    }


def test_outages_and_who_was_told() -> None:
    down = Outage("default", at(600), at(840), is_over=True, cause="timeout")
    going = Outage("other", at(700), at(900))
    before = replace(down, since=at(400), until=at(410))
    told = [Told("channels.team", "fail", 3), Told("channels.team", "success", 1)]
    digest = digest_of([], at(500), [going, down, before], told)
    assert digest_lines(digest, VIEW)[1:] == [
        "",
        "## Outages",
        "",
        "- default: offline 4m00s, from 2026-11-23 12:10:00 to 2026-11-23 12:14:00 "
        "(timeout)",
        "- other: offline since 2026-11-23 12:11:40, still so at 2026-11-23 12:15:00",
        "",
        "## Told",
        "",
        "- team: 3 failed, 1 ok",
    ]
    document = digest_json(digest, VIEW)
    assert document["outages"] == [
        {
            "profile": "default",
            "since": "2026-11-23T12:10:00Z",
            "until": "2026-11-23T12:14:00Z",
            "over": True,
            "cause": "timeout",
        },
        {
            "profile": "other",
            "since": "2026-11-23T12:11:40Z",
            "until": "2026-11-23T12:15:00Z",
            "over": False,
            "cause": None,
        },
    ]
    assert document["told"] == [
        {"channel": "channels.team", "event": "fail", "count": 3},
        {"channel": "channels.team", "event": "success", "count": 1},
    ]


def test_markdown_has_no_markup_of_a_job() -> None:
    label = "![x](http://e) <img src=x> `a` win_2019"
    entry = replace(GOOD, watch=replace(GOOD.watch, label=label))
    *_, line = map(as_markdown, digest_lines(digest_of([entry], at(500)), VIEW))
    shown = r"- !\[x](http://e) \<img src=x> \`a\` win_2019: OK after"
    assert line.startswith(shown)

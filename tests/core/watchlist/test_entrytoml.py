"""One entry of the watchlist to a watch and back."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta, timezone

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.toml.text import table_text
from ims_tui.core.watchlist.entrytoml import (
    EntryError,
    changes,
    clean,
    read_entry,
    write_entry,
)
from ims_tui.core.watchlist.watch import Watch, kept_result

JOB = "ff8080814dbd65d7014dbe0d84db0013"
ENTRY = f"""
[[jobs]]
id = "{JOB}"
profile = "prod"
label = "win2019-golden"
tags = ["weekly", "windows"]
note = "ticket 4711"
added = 2026-11-23T11:42:40Z

[jobs.result]
status = "FAIL"
type = "imsImportImageJob"
began = 2026-11-23T11:42:45.586000Z
ended = 2026-11-23T12:03:54.102000Z
seen = 2026-11-23T12:03:58.110000Z
error_code = "IMG.0057"
fail_reason = "image file format is not supported"
"""


def read(text: str) -> Watch:
    return read_entry(tomllib.loads(text)["jobs"][0])


def test_the_documented_entry_reads_and_writes_as_documented() -> None:
    watch = read(ENTRY)
    assert watch.key == ("prod", JOB)
    assert watch.tags == ("weekly", "windows")
    assert watch.result is not None
    assert watch.result.job.status is JobStatus.FAIL
    assert watch.result.seen == datetime(2026, 11, 23, 12, 3, 58, 110000, UTC)
    text = table_text(("jobs",), write_entry(watch), tomli_w.dumps, is_entry=True)
    assert text == ENTRY.lstrip()


def test_the_service_is_kept() -> None:
    watch = Watch(JOB, service=JobService.ECS)
    assert write_entry(watch) == {"id": JOB, "service": "ecs"}
    assert read_entry(write_entry(watch)) == watch


def test_a_bare_entry_is_enough() -> None:
    assert read_entry({"id": f" {JOB.upper()} "}) == Watch(JOB)


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        ("id", "abc", 'id = "abc" is not a job id, which has 32 hex digits'),
        ("id", 7, "id = 7 is not a job id"),
        ("id", "\x1b[2J", 'id = "\\x1b[2J"'),
        ("label", 3, 'label = 3 is not a text in quotes such as "a"'),
        ("tags", "weekly", 'tags = "weekly" is not a list such as ["a", "b"]'),
        ("tags", [1], "tags = [1] is not a list"),
        ("muted", "yes", 'muted = "yes" is not true or false'),
        ("added", "today", 'added = "today" is not a time such as 2026-'),
        ("added", "2026-11-23", "2026-11-23T11:42:40Z, without quotes"),
        ("muted", "true", 'muted = "true" is not true or false, without quotes'),
        ("added", datetime.max.replace(tzinfo=timezone(-timedelta(hours=9))), "added"),
        ("service", "obs", 'service = "obs" is none of "ims", "ecs", "evs"'),
        ("service", ["ecs"], "is none of"),
        ("result", 1, "result = 1 is not a [jobs.result] table"),
        ("result", {}, 'result.status = None is not "SUCCESS" or "FAIL"'),
        ("result", {"status": "RUNNING"}, 'result.status = "RUNNING" is not'),
        ("result", {"status": "FAIL", "ended": True}, "result.ended = true is not"),
    ],
)
def test_what_is_not_allowed_is_named(key: str, value: object, part: str) -> None:
    with pytest.raises(EntryError) as caught:
        read_entry({"id": JOB, key: value})
    assert part in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("table", [{}, 3, [], {"label": "x"}])
def test_an_entry_without_id_is_refused(table: object) -> None:
    with pytest.raises(EntryError, match=r"id is missing|is not a \[\[jobs\]\] entry"):
        read_entry(table)


def test_times_are_utc_whatever_they_were_written_as() -> None:
    text = f'[[jobs]]\nid = "{JOB}"\nadded = '
    moment = datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert read(text + "2026-11-23T19:00:00+08:00").added == moment
    assert read(text + "2026-11-23 11:00:00").added == moment
    assert read(text + "2026-11-23").added == moment.replace(hour=0)


def test_text_is_made_printable_and_never_cut() -> None:
    watch = read_entry({"id": JOB, "label": "a\x1b[2J\u202e", "note": "n" * 10_000})
    assert watch.label == "a\\x1b[2J\\u202e"
    assert len(watch.note) == 10_000


def test_a_lone_surrogate_becomes_an_escape_before_it_is_written() -> None:
    table = write_entry(clean(Watch(JOB, label="\ud800", tags=("\udfff",))))
    tomli_w.dumps(table).encode()
    assert table["label"] == "\\ud800"


def test_changes_name_only_what_changed_and_keep_unknown_keys_of_a_result() -> None:
    old = Watch(JOB, label="a", note="n", result=kept_result(JobStatus.FAIL))
    new = Watch(JOB, label="b", result=kept_result(JobStatus.FAIL, image_id="i"))
    raw = {**write_entry(old), "mine": 1, "result": {"status": "FAIL", "x": 2}}
    assert changes(raw, old, new) == {
        "label": "b",
        "note": None,
        "result": {"status": "FAIL", "image_id": "i", "x": 2},
    }


texts = st.text(max_size=8) | st.sampled_from(["[[jobs]]", '"""', "a\nb", "\ud800"])
times = st.none() | st.datetimes(
    datetime(1, 1, 3),  # noqa: DTZ001 - the bounds are naive by contract
    datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
results = st.builds(
    kept_result,
    status=st.sampled_from([JobStatus.SUCCESS, JobStatus.FAIL]),
    job_type=texts,
    stated_begin=times,
    stated_end=times,
    seen=times,
    error_code=texts,
    fail_reason=texts,
    image_id=texts,
)
watches = st.builds(
    Watch,
    job_id=st.text("0123456789abcdef", min_size=32, max_size=32),
    profile=texts,
    label=texts,
    tags=st.lists(texts, max_size=3).map(tuple),
    note=texts,
    added=times,
    muted=st.booleans(),
    result=st.none() | results,
)


@given(watches)
def test_what_is_written_reads_the_same(watch: Watch) -> None:
    wanted = clean(watch)
    text = table_text(("jobs",), write_entry(wanted), tomli_w.dumps, is_entry=True)
    assert read(text) == wanted
    assert clean(wanted) == wanted

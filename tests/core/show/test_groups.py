"""Jobs in groups, and how a group stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import Job, JobError
from ims_tui.core.show.grouping import GroupBy
from ims_tui.core.show.groups import grouped, rolled_up
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from tests.core.entries import FAIL, INIT, SUCCESS, ending, job, moment, seen, watch

VIEW = View(moment(20))
FORMAT = JobError("IMG.0057", "Disk format not supported")


def tagged(entry: Entry, *tags: str) -> Entry:
    return replace(entry, watch=replace(entry.watch, tags=tags))


def failed(number: int, error: JobError | None = FORMAT) -> Entry:
    return seen(job(number, FAIL, error=error, end_s=5), number)


RUN = tagged(ending(seen(job(1), 1), 600.0), "weekly")
OK = tagged(seen(job(2, SUCCESS, end_s=5), 2), "weekly", "sap")
BAD = tagged(failed(3), "weekly")
WAITS = seen(job(4, INIT, job_type="imsNativeExportImageJob"), 4)
JOBS = [RUN, OK, BAD, WAITS]


@pytest.mark.parametrize(
    ("by", "lines"),
    [
        (
            GroupBy.TAG,
            [
                "weekly: 1 of 3 done, 1 failed, 1 active, all done ~12:10",
                "sap: 1 of 1 done",
                "no tag: 0 of 1 done, 1 active",
            ],
        ),
        (GroupBy.CAUSE, ["IMG.0057: 1 job failed"]),
        (
            GroupBy.PROFILE,
            ["prod: 1 of 4 done, 1 failed, 2 active, all but 1 done ~12:10"],
        ),
    ],
)
def test_each_group_says_how_it_stands_the_worst_first(
    by: GroupBy, lines: list[str]
) -> None:
    assert [rolled_up(*group, VIEW) for group in grouped(JOBS, by)] == lines


def test_types_are_named_in_plain_words() -> None:
    names = [name for name, _ in grouped([*JOBS, Entry(watch(9))], GroupBy.TYPE)]
    assert names == ["import file", "export", "no type yet"]


def test_failures_of_one_cause_stand_together() -> None:
    no_code, silent = failed(7, JobError("", "quota")), failed(8, None)
    jobs = [failed(5), failed(6), no_code, silent, OK, RUN]
    found = {rolled_up(*group, VIEW) for group in grouped(jobs, GroupBy.CAUSE)}
    assert found == {
        "IMG.0057: 2 jobs failed",
        "quota: 1 job failed",
        "no cause stated: 1 job failed",
    }


def test_what_the_service_does_not_know_is_counted() -> None:
    (group,) = grouped([replace(RUN, is_gone=True), OK], GroupBy.PROFILE)
    assert rolled_up(*group, VIEW) == "prod: 1 of 2 done, 1 gone"


STATES = st.sampled_from([job(status=status) for status in (SUCCESS, FAIL, INIT)])


@given(st.lists(STATES, min_size=1, max_size=20), st.sampled_from(GroupBy))
def test_no_job_is_lost_and_none_is_counted_twice(jobs: list[Job], by: GroupBy) -> None:
    entries = [
        seen(replace(found, job_id=f"{n:032x}"), n) for n, found in enumerate(jobs)
    ]
    wanted = [e for e in entries if by is not GroupBy.CAUSE or e.status is FAIL]
    shown = [entry for _, its in grouped(entries, by) for entry in its]
    assert sorted(e.key for e in shown) == sorted(e.key for e in wanted)

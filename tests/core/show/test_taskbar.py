"""Progress of the jobs as a terminal shows it in the taskbar."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.show.taskbar import CLEARED, taskbar
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import JobStore
from tests.core.entries import FAIL, RUNNING, SUCCESS, job, watch

HALF = Entry(watch(1), job(1, RUNNING, ratio=0.5))
NEARLY = Entry(watch(2), job(2, RUNNING, ratio=0.99))
UNKNOWN = Entry(watch(3), job(3, RUNNING))
STALLED = replace(HALF, is_stalled=True)
OK = Entry(watch(4), job(4, SUCCESS, end_s=9))
NEW_FAILURE = Entry(watch(5), job(5, FAIL, end_s=9), is_news=True)
OLD_FAILURE = replace(NEW_FAILURE, is_news=False)


@pytest.mark.parametrize(
    ("entries", "shown"),
    [
        ([], "0;0"),
        ([OK, OLD_FAILURE], "0;0"),
        ([HALF], "1;50"),
        ([HALF, NEARLY, OK, OLD_FAILURE], "1;74"),
        ([UNKNOWN], "3;0"),
        ([UNKNOWN, HALF], "1;50"),
        ([STALLED], "4;50"),
        ([STALLED, NEW_FAILURE], "2;50"),
        ([NEW_FAILURE, UNKNOWN], "2;0"),
        ([NEW_FAILURE], "2;100"),
    ],
)
def test_what_runs_and_whether_anything_is_wrong(
    entries: list[Entry], shown: str
) -> None:
    store = JobStore()
    for entry in entries:
        store.put(entry)
    assert taskbar(store.snapshot()) == f"\x1b]9;4;{shown}\x1b\\"
    assert (shown == "0;0") == (taskbar(store.snapshot()) == CLEARED)

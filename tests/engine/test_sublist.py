"""A part of the watchlist as a list of its own."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ims_tui.core.service.job import JobStatus
from ims_tui.core.watchlist.watch import LoadReport, Watch, kept_result
from ims_tui.engine.sublist import PickedList
from tests.core.entries import id_of

ONE, TWO, NEW = (Watch(id_of(n), label=f"job {n}") for n in (1, 2, 3))
RESULT = kept_result(JobStatus.FAIL, error_code="IMG.0057")


class WholeList:
    """The list in memory, with a record of saves."""

    def __init__(self, *watches: Watch) -> None:
        self.watches = watches
        self.saves = 0

    def load(self) -> LoadReport:
        return LoadReport(self.watches)

    def load_backup(self) -> LoadReport:
        return LoadReport(self.watches[:1])

    def save(self, watches: Sequence[Watch]) -> LoadReport:
        self.watches = tuple(watches)
        self.saves += 1
        return LoadReport(self.watches)

    def has_changed(self) -> bool:
        return True


def test_only_picked_jobs_are_seen_and_their_results_are_to_be_asked_for() -> None:
    whole = WholeList(replace(ONE, result=RESULT), TWO)
    picked = PickedList(whole, [ONE.key, NEW.key])
    assert picked.load().watches == (ONE,)
    assert picked.load_backup().watches == (ONE,)
    assert not picked.has_changed()


def test_results_reach_the_list_and_nothing_else_does() -> None:
    whole = WholeList(ONE, TWO)
    picked = PickedList(whole, [ONE.key, NEW.key])
    sent = [replace(ONE, label="lost", result=RESULT), replace(NEW, result=RESULT)]
    assert picked.save(sent).watches == tuple(sent)
    assert whole.watches == (replace(ONE, result=RESULT), TWO)


def test_a_result_is_written_once_and_an_unchanged_list_not_at_all() -> None:
    older = replace(ONE, result=kept_result(JobStatus.SUCCESS))
    whole = WholeList(older, TWO)
    PickedList(whole, [ONE.key]).save([replace(ONE, result=RESULT)])
    assert (whole.watches, whole.saves) == ((older, TWO), 0)

"""No job is lost between list, archive and state file, wherever a run is killed.

The model has a list file, an archive and stored replies on a disk, and a list in
memory. One thread does the writes in their order, of which the run hears later. Each
may fail, and a kill may come at any moment: so the rule is checked after every step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from ims_tui.core.state.entry import Entry
from ims_tui.core.state.transfers import Stage, Transfers
from ims_tui.core.watchlist.merge import merge
from ims_tui.core.watchlist.watch import JobKey, Watch

KEYS = [JobKey("prod", letter * 32) for letter in "ab"]
A, B = KEYS
keys = st.sampled_from(KEYS)
Heard = Callable[[], None]


class Disk:
    """What is there after a kill."""

    def __init__(self) -> None:
        self.listed: dict[JobKey, Watch] = {}
        self.archive: set[JobKey] = set()
        self.replies: set[JobKey] = set()


class Moves(RuleBasedStateMachine):
    """One run of the program after the other, on a disk that others write, too."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = Disk()
        self.edits = 0
        self.confirmed: set[JobKey] = set()
        """Jobs that are known to be kept, and that nobody removed since."""
        self.begin()

    def begin(self) -> None:
        self.transfers = Transfers()
        self.memory = {key: Entry(watch) for key, watch in self.disk.listed.items()}
        self.agreed = tuple(self.disk.listed.values())
        self.removed: dict[JobKey, Entry] = {}
        self.taken: set[JobKey] = set()
        """Jobs that others removed since the list was last written."""
        self.is_saving = self.is_storing = False
        self.writes: deque[Callable[[bool], Heard]] = deque()
        """What the thread does next; called with whether it fails."""
        self.heard: deque[Heard] = deque()

    # -- the operator ------------------------------------------------------------------

    @rule(key=keys)
    def add(self, key: JobKey) -> None:
        if key in self.memory:
            return
        self.memory[key] = Entry(Watch(key.job_id, key.profile))
        if key in self.disk.archive:
            self.transfers.come_back(self.memory[key])

    @rule(key=keys)
    def edit(self, key: JobKey) -> None:
        if key in self.memory:
            self.memory[key] = Entry(self.edited(self.memory[key].watch))

    def edited(self, watch: Watch) -> Watch:
        self.edits += 1
        return replace(watch, label=f"{self.edits}")

    @rule(key=keys)
    def poll(self, key: JobKey) -> None:
        if key in self.memory:
            self.transfers.keep(self.memory[key])

    @rule(key=keys)
    def remove(self, key: JobKey) -> None:
        if key in self.memory:
            self.removed[key] = self.memory.pop(key)
            self.transfers.drop(key)
            self.confirmed.discard(key)

    @rule(key=keys)
    def undo(self, key: JobKey) -> None:
        if key in self.removed and key not in self.memory:
            self.memory[key] = self.removed.pop(key)
            self.transfers.keep(self.memory[key])

    @rule(chosen=st.sets(keys, min_size=1))
    def archive(self, chosen: Collection[JobKey]) -> None:
        entries = {key: self.memory[key] for key in chosen if key in self.memory}
        self.transfers.archive(entries)

        def write(fails: bool) -> Heard:
            if fails:
                return lambda: self.transfers.not_archived(entries)
            self.disk.archive |= entries.keys()
            return lambda: self.archived(entries)

        self.writes.append(write)

    def archived(self, entries: dict[JobKey, Entry]) -> None:
        for key, entry in entries.items():
            now = self.memory.get(key)
            is_listed, is_same = now is not None, now is entry
            if self.transfers.archived(key, is_listed=is_listed, is_same=is_same):
                del self.memory[key]

    # -- the loop that saves -----------------------------------------------------------

    @precondition(lambda self: not self.is_saving)
    @rule()
    def save_list(self) -> None:
        self.is_saving = True
        ours = {key: entry.watch for key, entry in self.memory.items()}
        sent = self.transfers.list_sent()

        def write(fails: bool) -> Heard:
            if fails:
                return self.list_failed
            theirs = tuple(self.disk.listed.values())
            self.agreed = merge(self.agreed, tuple(ours.values()), theirs)
            self.disk.listed = {watch.key: watch for watch in self.agreed}
            self.taken.clear()
            return lambda: self.list_saved(ours, sent)

        self.writes.append(write)

    def list_failed(self) -> None:
        self.is_saving = False

    def list_saved(
        self, ours: Mapping[JobKey, Watch], sent: Mapping[JobKey, Stage]
    ) -> None:
        self.is_saving = False
        merged = {watch.key: watch for watch in self.agreed}
        for key in ours.keys() - merged.keys():
            if key in self.memory and self.memory[key].watch == ours[key]:
                del self.memory[key]
                self.transfers.leave_elsewhere(key)
        for key, watch in merged.items():
            if key not in ours and key not in self.memory:
                self.memory[key] = Entry(watch)
            elif key in ours and ours[key] != watch:
                now = [self.memory[key].watch] if key in self.memory else []
                for both in merge([ours[key]], now, [watch]):
                    self.memory[key] = Entry(both)
        self.transfers.list_saved(sent, merged.keys(), self.memory.keys())
        self.confirmed |= (merged.keys() & self.memory.keys()) - self.taken

    @precondition(lambda self: self.transfers.has_state and not self.is_storing)
    @rule()
    def save_state(self) -> None:
        self.is_storing = True
        sent = self.transfers.state_sent()

        def write(fails: bool) -> Heard:
            if fails:
                return lambda: self.state_written(lambda: failed(sent))
            self.disk.archive.difference_update(sent.forgotten)
            self.disk.replies |= sent.entries.keys()
            self.disk.replies.difference_update(sent.dropped)
            return lambda: self.state_written(self.transfers.state_saved)

        failed = self.transfers.state_failed
        self.writes.append(write)

    @rule()
    def one_round(self) -> None:
        """What the loop does, in its order, while all goes well."""
        self.work_off()
        self.save_list()
        self.work_off()
        if self.transfers.has_state:
            self.save_state()
        self.work_off()

    def state_written(self, hear: Heard) -> None:
        self.is_storing = False
        hear()

    @precondition(lambda self: self.writes)
    @rule(fails=st.sampled_from([False, False, False, True]))
    def the_thread_works(self, fails: bool) -> None:
        self.heard.append(self.writes.popleft()(fails))

    @precondition(lambda self: self.heard)
    @rule()
    def the_run_hears(self) -> None:
        self.heard.popleft()()

    # -- what may happen to it ---------------------------------------------------------

    @rule()
    def killed(self) -> None:
        self.begin()

    @rule(key=keys)
    def somebody_adds_or_edits(self, key: JobKey) -> None:
        watch = self.disk.listed.get(key) or Watch(key.job_id, key.profile)
        self.disk.listed[key] = self.edited(watch)
        self.confirmed.add(key)

    @rule(key=keys)
    def somebody_removes(self, key: JobKey) -> None:
        if self.disk.listed.pop(key, None):
            self.confirmed.discard(key)
            self.taken.add(key)

    @rule(key=keys)
    def somebody_archives(self, key: JobKey) -> None:
        # Not while this run takes the job out of the archive or is about to: that two
        # copies move one job both ways within one write is not modelled.
        stage = self.transfers.stages.get(key)
        is_forgotten = stage is Stage.ARCHIVING and key not in self.memory
        out = (Stage.RETURNING, Stage.FORGOTTEN, Stage.FORGETTING)
        if key in self.disk.listed and stage not in out and not is_forgotten:
            self.disk.archive.add(key)
            del self.disk.listed[key]

    @invariant()
    def no_job_is_lost(self) -> None:
        kept = self.disk.listed.keys() | self.disk.archive
        assert self.confirmed <= kept, f"lost: {self.confirmed - kept}"

    @rule()
    def all_goes_well_for_a_while(self) -> None:
        """Then files and memory agree, and nothing is under way."""
        for _ in range(3):
            self.one_round()
        transfers = self.transfers
        assert self.disk.listed == {k: e.watch for k, e in self.memory.items()}
        assert not transfers.has_state
        assert [key for key in KEYS if transfers.stages.get(key)] == []

    def work_off(self) -> None:
        while self.writes or self.heard:
            if self.writes:
                self.the_thread_works(fails=False)
            while self.heard:
                self.the_run_hears()


TestMoves = Moves.TestCase
TestMoves.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)


def entry(key: JobKey = A) -> Entry:
    return Entry(Watch(key.job_id, key.profile))


def test_what_comes_back_is_in_the_list_file_before_the_archive_forgets_it() -> None:
    transfers = Transfers()
    transfers.come_back(entry())
    assert transfers.state_sent().forgotten == ()
    transfers.list_saved(transfers.list_sent(), on_disk={A}, listed={A})
    write = transfers.state_sent()
    assert write.forgotten == (A,)
    transfers.state_failed(write)
    assert transfers.state_sent().forgotten == (A,), "it is tried again"
    transfers.state_saved()
    assert not transfers.has_state


def test_a_list_that_was_sent_before_does_not_count() -> None:
    transfers = Transfers()
    earlier = transfers.list_sent()
    transfers.come_back(entry())
    transfers.list_saved(earlier, on_disk=(), listed={A})
    assert transfers.stages.get(A) is Stage.RETURNING
    back = transfers.list_sent()
    transfers.archive([A])
    assert transfers.archived(A, is_listed=True, is_same=True)
    transfers.list_saved(back, on_disk={A}, listed=())
    assert transfers.stages.get(A) is Stage.LEAVING, "that list still names it"


def test_a_stored_reply_goes_after_the_list_file_is_without_its_job() -> None:
    transfers = Transfers()
    transfers.keep(entry())
    transfers.archive([A])
    assert transfers.archived(A, is_listed=True, is_same=True)
    assert not transfers.has_state
    transfers.list_saved(transfers.list_sent(), on_disk=(), listed=())
    assert transfers.state_sent().dropped == [A]


def test_two_moves_of_one_job_at_once_are_one() -> None:
    transfers = Transfers()
    transfers.archive([A])
    transfers.archive([A])
    assert transfers.archived(A, is_listed=True, is_same=True)
    assert not transfers.archived(A, is_listed=False, is_same=False)
    assert transfers.stages.get(A) is Stage.LEAVING, "it was not removed meanwhile"


def test_the_archive_keeps_what_left_elsewhere_meanwhile() -> None:
    transfers = Transfers()
    transfers.archive([A])
    transfers.leave_elsewhere(A)
    assert not transfers.archived(A, is_listed=False, is_same=False)
    assert transfers.state_sent().forgotten == ()


def test_the_archive_forgets_what_was_removed_meanwhile() -> None:
    transfers = Transfers()
    transfers.archive([A])
    transfers.drop(A)
    assert not transfers.archived(A, is_listed=False, is_same=False)
    write = transfers.state_sent()
    assert (write.dropped, write.forgotten) == ([A], (A,))


def test_what_is_newer_than_a_write_that_failed_counts() -> None:
    transfers = Transfers()
    transfers.keep(entry(A))
    transfers.keep(entry(B))
    write = transfers.state_sent()
    transfers.drop(A)
    transfers.state_failed(write)
    again = transfers.state_sent()
    assert (again.dropped, again.entries) == ([A], {B: entry(B)})

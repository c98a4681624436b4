"""The screen itself: what the keys do, what stays, what is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from msgspec.structs import replace
from textual.events import Key
from textual.filter import Monochrome
from textual.pilot import Pilot

from ims_tui.core.config.settings import NotifySettings, Settings
from ims_tui.core.notices.rules import Candidate
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.view import Times
from ims_tui.core.show.viewstate import from_state
from ims_tui.core.state.order import Facet
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.watchlist.watch import Watch
from ims_tui.ui.app import ImsTui
from ims_tui.ui.dashboard import LET_GO_S
from ims_tui.ui.job_table import JobTable
from tests.golden_stage import app_for, repaint, settings_for, tick
from tests.memory_state import MemoryStateFile
from tests.scenes import MORNING, NOW, PROFILE, Scene
from tests.ui.stage import Stage, stage, with_ui

PLAIN = settings_for(Scene("plain", (120, 40)))


async def test_the_cursor_stays_on_its_job_when_rows_change_places() -> None:
    async with stage() as it:
        it.label("rocky9-base")
        runtime = it.app.runtime
        key = it.app.chosen[0]
        ended = runtime.snapshot().entries[key]
        assert ended.job is not None
        job = replace(ended.job, status=JobStatus.SUCCESS, end_time=NOW)
        runtime.store.put(replace(ended, reply=job, is_news=True))
        runtime.store.put_watch(Watch(f"cafe{1:028x}", PROFILE, "another"))
        runtime.on_change()
        await it.until(lambda: "another" in it.labels)
        assert it.under_cursor == "rocky9-base"
        assert it.labels.index("rocky9-base") > it.labels.index("ubuntu24-gpu")


async def test_the_filter_works_while_typing_and_esc_clears_it() -> None:
    async with stage(size=(80, 24)) as it:
        await it.press("slash", *"base")
        assert it.labels == ["rocky9-base", "debian12-base"]
        assert "filter: base (2 of 10)" in it.text
        await it.press("enter")
        assert isinstance(it.app.focused, JobTable)
        assert "filter: base (2 of 10)" in it.text
        await it.press("escape")
        assert len(it.labels) == len(MORNING)
        assert "filter:" not in it.text


async def test_a_filter_that_cannot_be_read_says_why() -> None:
    async with stage() as it:
        await it.press("slash")
        await it.type("colour:red")
        assert "no field colour" in it.text


async def test_a_table_without_rows_says_why_and_what_helps() -> None:
    async with stage() as it:
        await it.press("slash", *"sap", "enter", "5")
        assert "No job among done matches filter: sap. esc clears." in it.text
        await it.press("escape", "6")
        assert "The archive is empty." in it.text
        await it.press("1")
        assert len(it.labels) == len(MORNING)


async def test_an_empty_list_says_the_ways_in() -> None:
    async with stage(()) as it:
        assert "No jobs are being watched yet." in it.text
        assert "a Add" in it.text


async def test_marked_jobs_are_what_actions_are_about() -> None:
    async with stage() as it:
        await it.press("space", "j", "space", "d")
        await it.settle()
        assert it.labels[0] == "sap-data-vol"
        assert len(it.labels) == len(MORNING) - 2
        await it.press("u")
        await it.settle()
        assert len(it.labels) == len(MORNING)
        assert it.told[-1].startswith("Back on the list: win2019-golden, ")
        await it.press("u")
        await it.settle()
        assert it.told[-1] == "Nothing to undo."


async def test_acknowledging_takes_the_star_away() -> None:
    async with stage() as it:
        await it.press("X")
        await it.settle()
        assert it.told[-1] == "2 results acknowledged."
        assert not any(e.is_news for e in it.app.runtime.snapshot().entries.values())


async def test_facets_sort_columns_times_and_tab_are_there_in_the_next_run() -> None:
    async with stage() as it:
        await it.press("2", "S", "t", "right_square_bracket")
        await it.press("c", "space", "escape", "slash", *"e", "enter")
        await it.pilot.pause(0.8)
        kept = it.state_file.kept
        looks = it.dashboard.sight.looks
        assert from_state(kept, PLAIN.ui).tab is looks.tab
        assert from_state(kept, PLAIN.ui).columns == looks.columns
    async with stage() as again:
        again.dashboard.show_looks(from_state(kept, PLAIN.ui))
        await again.pilot.pause()
        assert again.dashboard.sight.choice.facet.value == "active"
        assert again.dashboard.sight.choice.descending
        assert again.dashboard.sight.choice.filter.text == "e"
        assert again.dashboard.sight.looks.times.value == "local"
        assert again.dashboard.detail.tab is looks.tab


async def test_quitting_asks_once_while_jobs_are_active() -> None:
    async with stage() as it:
        await it.press("q")
        assert it.told[-1] == (
            "5 active jobs: what runs goes on in the cloud. Press q again to leave."
        )
        assert it.app.is_running
        await it.press("q")
        await it.settle()
        assert it.app.return_code == 0


@pytest.mark.parametrize(
    ("rule", "jobs", "presses"),
    [("never", MORNING, 1), ("active", MORNING[:1], 1), ("always", MORNING[:1], 2)],
)
async def test_the_rule_for_quitting_is_kept(
    rule: str, jobs: tuple[object, ...], presses: int
) -> None:
    async with stage(jobs, settings=with_ui(PLAIN, confirm_quit=rule)) as it:  # type: ignore[arg-type]
        for press in range(presses):
            assert it.app.return_code is None, press
            await it.press("q")
        await it.settle()
        assert it.app.return_code == 0


async def test_q_goes_one_level_up_first() -> None:
    async with stage(
        size=(80, 24), settings=with_ui(PLAIN, confirm_quit="never")
    ) as it:
        await it.press("enter")
        assert it.dashboard.has_class("-zoomed")
        await it.press("q")
        assert not it.dashboard.has_class("-zoomed")
        assert it.app.return_code is None


async def test_ctrl_c_twice_leaves_with_130() -> None:
    async with stage() as it:
        await it.press("ctrl+c")
        assert "ctrl+c once more" in it.told[-1]
        await it.press("ctrl+c")
        await it.settle()
        assert it.app.return_code == 130


async def test_ctrl_c_copies_a_selection_in_a_dialog_too() -> None:
    async with stage(settings=with_ui(PLAIN, clipboard="osc52")) as it:
        await it.press("n", "shift+home", "ctrl+c")
        await it.settle()
        assert it.told[-1] == "Copied selection (14 characters) through the terminal."


@pytest.mark.parametrize("size", [(39, 24), (80, 5), (20, 3)])
async def test_a_small_terminal_says_what_is_needed(size: tuple[int, int]) -> None:
    async with stage(size=size) as it:
        assert f"needs 40x6, has {size[0]}x{size[1]}" in it.text


async def test_the_least_size_shows_jobs() -> None:
    async with stage(size=(40, 6)) as it:
        assert "win2019-golden" in it.text


async def test_the_window_title_counts_and_is_put_back() -> None:
    async with stage(settings=with_ui(PLAIN, window_title=True)) as it:
        it.app.runtime.on_change()
        titles = [text for text in it.written if "]2;" in text]
        await it.press("ctrl+c", "ctrl+c")
        await it.settle()
        assert it.written[-1].endswith("\x1b[23;2t")
        assert not titles or titles[0].startswith("\x1b[22;2t")


@pytest.mark.parametrize(
    ("settings", "has_color"), [(with_ui(PLAIN, theme="mono"), True), (PLAIN, False)]
)
async def test_without_colour_only_the_terminals_own_colours_are_sent(
    settings: Settings, has_color: bool
) -> None:
    async with stage(settings=settings, has_color=has_color) as it:
        assert it.app.no_color
        assert it.app.theme == "ansi-dark"
        strips = it.app.screen._compositor.render_strips()
        for strip in strips:
            for filtered in strip.apply_filter(
                it.app._filters[-1], it.app.screen.styles.background
            ):
                style = filtered.style
                assert style is None or style.color is None or style.color.is_default


async def test_a_variable_that_was_overruled_takes_no_colour_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    async with stage() as it:
        assert not it.app.no_color
        assert it.app.theme == "ims-dark"
        assert not any(isinstance(each, Monochrome) for each in it.app._filters)


async def test_an_unknown_theme_is_said_with_the_known() -> None:
    async with stage(settings=with_ui(PLAIN, theme="imsdark")) as it:
        assert any("There is no theme imsdark" in text for text in it.told)
        assert any("ims-light" in text for text in it.told)


async def test_while_nobody_looks_ages_hold_for_as_long_as_they_stand_there() -> None:
    async with stage() as it:
        assert it.dashboard.view().held_s == 0
        before = it.text
        it.app.on_app_blur()
        await it.pilot.pause()
        assert "<" in it.text and "<" not in before.replace("<Summary>", "")
        it.app.on_app_focus()
        await it.pilot.pause()
        assert it.text == before


async def test_a_failure_rings_while_nobody_looks() -> None:
    async with stage() as it:
        rung: list[None] = []
        it.app.bell = lambda: rung.append(None)  # type: ignore[method-assign]
        it.app.on_app_blur()
        key = it.dashboard.table.rows[0]
        it.app.runtime.store.tell(Event(NOW, EventKind.FAILED, key, PROFILE))
        it.app.runtime.on_change()
        await it.until(lambda: bool(rung))


async def test_the_key_line_can_be_clicked() -> None:
    async with stage(size=(80, 24)) as it:
        await it.pilot.click("#keys", offset=(17, 0))
        await it.pilot.pause()
        assert "Add jobs" in it.text


async def test_letters_right_behind_the_slash_are_typed_and_no_keys() -> None:
    async with stage() as it:
        before = list(it.labels)
        for character in "/dxsap":
            key = "slash" if character == "/" else character
            it.app.post_message(Key(key, character))
        await it.settle()
        assert it.dashboard.filter_line.value == "dxsap"
        await it.press("escape")
        assert it.labels == before


async def test_a_burst_of_keys_moves_as_far_as_one_by_one() -> None:
    async with stage() as it:
        for _ in range(4):
            it.app.post_message(Key("j", "j"))
        await it.settle()
        assert it.dashboard.table.cursor_place == 4


@asynccontextmanager
async def on_slow_disk(state_file: MemoryStateFile) -> AsyncIterator[Pilot[int]]:
    """The app, which reads what was kept of the last run only after a while."""
    state_file.may_read.clear()
    app = app_for(Scene("early", (120, 40)), state_file=state_file)
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            asyncio.get_running_loop().call_later(0.1, state_file.may_read.set)
            yield pilot
    finally:
        state_file.may_read.set()


async def until(is_so: Callable[[], bool]) -> None:
    """Let the app go on until something is so."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.01)


async def test_who_leaves_before_the_choices_are_read_keeps_them() -> None:
    state_file = MemoryStateFile(kept={"sort": "-started"})
    async with on_slow_disk(state_file) as pilot:
        app = pilot.app
        assert isinstance(app, ImsTui)
        for _ in range(2):  # jobs are active
            app.post_message(Key("q", "q"))
        await until(lambda: app.is_leaving)
        assert not app.dashboard.sight.choice.descending, "nothing was read so far"
    assert state_file.kept["sort"] == "-started"


async def test_what_is_chosen_before_the_choices_are_read_stays_chosen() -> None:
    state_file = MemoryStateFile(kept={"sort": "-started", "times": "utc"})
    async with on_slow_disk(state_file) as pilot:
        app = pilot.app
        assert isinstance(app, ImsTui)
        app.post_message(Key("2", "2"))
        app.post_message(Key("slash", "/"))
        for letter in "sap":
            app.post_message(Key(letter, letter))
        sight = app.dashboard.sight
        await until(lambda: sight.looks.times is Times.UTC)  # they are read
        await until(lambda: sight.choice.filter.text == "sap")
        choice = app.dashboard.sight.choice
        assert (choice.sort, choice.descending) == ("started", True)
        assert choice.facet is Facet.ACTIVE
        assert app.dashboard.filter_line.value == "sap"


class Ear:
    """Keeps what would leave the program, and whether anybody looked."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bool]] = []

    def tell(self, found: Sequence[Candidate], *, is_away: bool) -> None:
        self.heard += [(one.news.kind, is_away) for one in found]

    def snoozed_until(self, now: datetime) -> datetime | None:
        return None

    async def run(self) -> None:
        """Nothing goes on behind the screen."""


@pytest.mark.parametrize("is_away", [True, False])
async def test_news_leave_the_screen_with_whether_anybody_looks(is_away: bool) -> None:
    async with stage() as it:
        ear = Ear()
        it.app.runtime.notifier = ear  # type: ignore[assignment]
        it.app.on_app_focus()
        if is_away:
            it.app.on_app_blur()
        key = it.dashboard.table.rows[0]
        it.app.runtime.store.tell(Event(NOW, EventKind.STALLED, key, PROFILE))
        it.app.runtime.on_change()
        await it.until(lambda: bool(ear.heard))
        assert ear.heard == [("stalled", is_away)]


async def test_no_bell_where_nobody_is_to_be_told() -> None:
    silent = replace(PLAIN, notify=NotifySettings(when="never"))
    async with stage(settings=silent) as it:
        rung: list[None] = []
        it.app.bell = lambda: rung.append(None)  # type: ignore[method-assign]
        it.app.on_app_blur()
        key, told = it.dashboard.table.rows[1], f"{it.labels[1]} failed"
        assert told not in it.text
        it.app.runtime.store.tell(Event(NOW, EventKind.FAILED, key, PROFILE))
        it.app.runtime.on_change()
        await it.shows(told)  # the event line tells it all the same
        assert not rung


async def test_what_comes_after_the_end_paints_nothing() -> None:
    async with stage() as it:
        it.app.leave(0)
        await it.dashboard.remove_children()
        repaint(it.app)
        it.app.on_app_blur()
        await tick(it.app)
        it.dashboard._layout_required = False
        it.app._batch_count = 0  # as when Textual is done with removing
        it.dashboard.paint_table()


async def test_who_types_looks_also_where_the_terminal_does_not_say_so() -> None:
    async with stage() as it:
        it.app.on_app_blur()
        await it.press("j")
        assert not it.app.is_blurred
        assert it.dashboard.view().held_s == 0


async def test_row_and_detail_say_at_once_how_old_they_may_be_unfocused() -> None:
    async with stage() as it:
        it.label("rocky9-base")
        await it.press("escape")  # the toast of a failure lies over the detail
        assert [age.count("<") for age in ages(it)] == [0, 0]
        it.app.on_app_blur()
        await it.settle()
        assert [age.count("<") for age in ages(it)] == [1, 1]
        it.app.on_app_focus()
        await it.settle()
        assert [age.count("<") for age in ages(it)] == [0, 0]


def ages(it: Stage) -> tuple[str, str]:
    """What the row and the detail of rocky9-base say of their age."""
    lines = it.text.splitlines()
    row = next(line for line in lines if " rocky9-base " in line)
    polls = next(line for line in lines if line.startswith(" Polling"))
    return row.split()[-1], polls.split(",")[3].strip()


async def flooded(it: Stage, numbers: range) -> None:
    """Failures come, each in a row above those that run."""
    for number in numbers:
        it.app.runtime.store.put(MORNING[0].entry(number))
    repaint(it.app)
    await it.settle()


async def test_trouble_comes_in_sight_where_the_first_row_was_seen() -> None:
    running = [replace(MORNING[2], label=f"runs-{number:02}") for number in range(40)]
    async with stage(running, size=(80, 24)) as it:
        first = it.under_cursor
        it.label(first)
        assert it.dashboard.table.scroll_offset.y == 0
        await flooded(it, range(90, 93))
        assert it.labels[:3] == ["win2019-golden"] * 3
        assert it.text.count("FAIL  win2019-golden") == 3
        assert it.under_cursor == first
        assert first in it.text
        await flooded(it, range(100, 140))  # more than have room: it stays in sight
        assert it.under_cursor == first
        assert f"RUN   {first}" in it.text


async def test_who_touched_no_key_finds_trouble_under_the_cursor() -> None:
    running = [replace(MORNING[2], label=f"runs-{number:02}") for number in range(40)]
    async with stage(running, size=(80, 24)) as it:
        await flooded(it, range(100, 140))
        assert it.under_cursor == it.labels[0] == "win2019-golden"
        assert it.dashboard.table.scroll_offset.y == 0


@pytest.mark.parametrize(
    ("idle_s", "keys", "is_first"),
    [
        (LET_GO_S + 1, ("j", "j"), True),
        (LET_GO_S - 1, ("j", "j"), False),
        (LET_GO_S + 1, ("j", "j", "tab"), False),  # somebody reads the detail
        (LET_GO_S + 1, ("j", "j", "z"), False),
    ],
)
async def test_a_cursor_that_was_left_alone_goes_back_to_the_first_row(
    idle_s: float, keys: tuple[str, ...], is_first: bool
) -> None:
    async with stage() as it:
        await it.press(*keys)
        moment = it.app.now()
        later = replace(moment, mono_s=moment.mono_s + idle_s)
        it.app.now = lambda: later
        repaint(it.app)
        await it.settle()
        assert it.dashboard.table.cursor_place == (0 if is_first else 2)


async def test_the_head_says_what_stands_below_it() -> None:
    async with stage() as it:
        assert "ELAPSED" in it.text
        await it.press("t")
        assert "ELAPSED" not in it.text
        assert "STARTED" in it.text
        assert "LEFT" not in it.text.splitlines()[2]
        assert "ENDS" in it.text.splitlines()[2]
        await it.press("t", "t")
        assert "ELAPSED" in it.text.splitlines()[2]


async def test_the_key_line_says_what_enter_does_to_a_group() -> None:
    async with stage() as it:
        await it.press("B", "t", "g")
        assert "enter Fold" in it.text
        await it.press("enter")
        assert "enter Unfold" in it.text
        await it.press("enter", "j")
        assert "enter Details" in it.text

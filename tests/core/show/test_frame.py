"""What the lines around the table say, worked out without a screen."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.config.settings import Profile, Settings
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.frame import (
    WELCOME,
    WIDE,
    Surroundings,
    facet_at,
    frame,
    host_of,
)
from ims_tui.core.show.rows import Choice
from ims_tui.core.show.sight import Sight, StoredReply
from ims_tui.core.show.view import View
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.order import Facet
from ims_tui.core.state.store import JobStore, Snapshot
from ims_tui.core.text import cell_len
from ims_tui.core.watchlist.watch import JobKey, Watch
from tests.core.entries import id_of, moment

VIEW = View(moment(100), zone=UTC)


def watched(*numbers: int) -> Snapshot:
    """The snapshot of a list with jobs of profile `prod`."""
    store = JobStore()
    for number in numbers:
        store.put_watch(Watch(id_of(number), "prod", f"job-{number}"))
    return store.snapshot()


def around(
    snapshot: Snapshot, choice: Choice | None = None, **kinds: int
) -> Surroundings:
    """Surroundings of usual size, whose table has no row unless said."""
    usual = Surroundings(snapshot, choice or Choice(), 0, Settings(), {}, 100, 30)
    return replace(usual, **kinds)


def linked(snapshot: Snapshot, link: Link) -> Snapshot:
    """With a service in some condition."""
    return replace(snapshot, health={"prod": Health("prod", link)})


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(), "All jobs are of hidden profiles. P shows them."),
        (Choice(facet=Facet.FAILED), "No job has failed. 1 shows all 2."),
        (Choice(filter=parse_filter("x")), "No job matches filter: x. esc clears."),
    ],
)
def test_an_empty_table_says_why_and_what_helps(choice: Choice, said: str) -> None:
    assert frame(around(watched(1, 2), choice), VIEW).empty == said


def test_nothing_is_said_where_there_are_rows_or_nothing_is_known() -> None:
    assert frame(around(watched(1), rows=1), VIEW).empty == ""
    assert frame(around(Snapshot(is_loading=True)), VIEW).empty == ""
    assert frame(around(Snapshot(list_problem="line 3")), VIEW).empty == ""
    assert frame(around(Snapshot()), VIEW).empty == WELCOME


@pytest.mark.parametrize(
    ("snapshot", "kinds", "first"),
    [
        (Snapshot(), {}, "Add"),
        (watched(1), {}, "Details"),
        (watched(1), {"is_zoomed": True}, "Ack"),
        (watched(1), {"width": 59}, "Help"),
        (linked(watched(1), Link.STOPPED), {}, "Add"),
        (linked(watched(1), Link.OFFLINE), {}, "Add"),
    ],
)
def test_the_keys_are_those_that_help_now(
    snapshot: Snapshot, kinds: dict[str, int], first: str
) -> None:
    keys = frame(replace(around(snapshot), **kinds), VIEW).keys
    assert keys[0].word == first
    assert [hint.word for hint in keys[-2:]] == ["Help", "Quit"]


def test_a_refused_credential_offers_reload_and_a_silent_service_a_poll() -> None:
    def words(link: Link) -> set[str]:
        lines = frame(around(linked(watched(1), link)), VIEW)
        return {hint.word for hint in lines.keys}

    assert "Reload" in words(Link.STOPPED) - words(Link.OFFLINE)
    assert "Poll now" in words(Link.OFFLINE) - words(Link.STOPPED)


def test_a_misspelled_filter_comes_before_the_last_event() -> None:
    choice = Choice(filter=parse_filter("/[/"))
    event = "".join(cell.text for cell in frame(around(watched(1), choice), VIEW).event)
    assert event.startswith(" filter: ")


@given(st.integers(20, 250), st.text(max_size=60), st.sampled_from(Facet))
def test_the_facet_line_fits_and_tells_whether_rows_are_hidden(
    width: int, text: str, facet: Facet
) -> None:
    choice = Choice(facet=facet, filter=parse_filter(text))
    lines = frame(around(watched(1, 2), choice, width=width), VIEW)
    is_filtered = bool(choice.filter.text)
    assert lines.is_part is (is_filtered or (width < WIDE and facet is not Facet.ALL))
    if width < WIDE:
        assert sum(cell_len(cell.text) for cell in lines.facets) == width


@pytest.mark.parametrize("facet", Facet)
def test_a_click_on_a_named_facet_chooses_it(facet: Facet) -> None:
    assert facet_at(list(Facet).index(facet), WIDE) is facet
    assert facet_at(list(Facet).index(facet), WIDE - 1) is Facet.ALL


def test_the_arrow_follows_a_chosen_order_only() -> None:
    assert frame(around(watched(1)), VIEW).arrow == ""
    assert frame(around(watched(1), Choice(sort="label")), VIEW).arrow == " ^"
    down = Choice(sort="label", descending=True)
    assert frame(around(watched(1), down), VIEW).arrow == " v"


def test_a_profile_without_an_endpoint_is_named_itself() -> None:
    prod = Profile("prod", endpoint="https://ims.example:8443/x")
    settings = Settings(profiles={"prod": prod})
    assert host_of("prod", settings) == "ims.example"
    assert host_of("dr", settings) == "dr"


def test_rows_may_change_places_at_once_where_jobs_came_or_went() -> None:
    sight = Sight()
    store = JobStore()
    taken = []
    for number in (1, 2):
        store.put_watch(Watch(id_of(number), "prod"))
        taken.append(sight.take(store.snapshot()))
        taken.append(sight.take(store.snapshot()))
    assert taken == [True, False, True, False]


def test_an_order_is_due_until_it_is_taken() -> None:
    sight = Sight()
    sight.take(watched(1, 2))
    before, count = sight.is_order_due, len(sight.order(VIEW))
    assert (before, count, sight.is_order_due) == (True, 2, False)


def test_a_stored_reply_is_wanted_once_and_only_for_its_job() -> None:
    sight = Sight()
    first, second = (JobKey("prod", id_of(number)) for number in (1, 2))
    assert not sight.wants_reply(first), "the list has its replies"
    sight.looks = replace(sight.looks, choice=Choice(facet=Facet.ARCHIVE))
    assert sight.wants_reply(first)
    assert not sight.wants_reply(first)
    assert sight.wants_reply(second)
    assert not sight.take_reply(StoredReply(first, problem="late"))
    assert sight.take_reply(StoredReply(second, problem="gone"))
    assert sight.reply.problem == "gone"


@pytest.mark.parametrize(
    ("jobs", "width", "height", "rows"),
    [
        (3, 80, 24, 15),
        (1, 80, 24, 16),
        (8, 119, 24, 10),
        (9, 80, 24, 0),
        (0, 80, 24, 0),
        (3, 79, 24, 0),
        (3, 120, 24, 0),
        (3, 80, 19, 0),
    ],
)
def test_the_detail_opens_by_itself_where_few_rows_leave_it_room(
    jobs: int, width: int, height: int, rows: int
) -> None:
    lines = around(watched(*range(jobs)), width=width, height=height)
    assert frame(lines, VIEW).detail_rows == rows
    zoomed = replace(lines, is_zoomed=True)
    assert frame(zoomed, VIEW).detail_rows == 0


def test_a_filter_does_not_move_the_detail() -> None:
    hides = Choice(filter=parse_filter("job-1"))
    lines = around(watched(1, 2, 3), hides, width=80, height=24)
    assert frame(lines, VIEW).detail_rows == 15

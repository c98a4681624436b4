"""Equal input on end is one movement, and nothing else is changed by that."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from ims_tui.ui.runs import KeyRun, WheelRun, in_runs
from tests.ui.stage import stage

KEYS = st.sampled_from(["up", "down", "d", "x", "question_mark"])


def wheel(kind: type[events.MouseEvent], x: int, *, ctrl: bool = False) -> Message:
    return kind(None, x, 3, 0, 0, 0, False, False, ctrl)


def told(messages: list[Message]) -> list[object]:
    """What each message means, runs in full length."""
    said: list[object] = []
    for each in messages:
        if isinstance(each, KeyRun):
            said += [each.key] * each.times
        elif isinstance(each, events.Key):
            said.append(each.key)
        elif isinstance(each, WheelRun):
            said += [(type(each.wheel), each.wheel.x)] * each.times
        elif isinstance(each, events.MouseEvent):
            said.append((type(each), each.x))
    return said


@given(
    st.lists(
        st.one_of(
            KEYS,
            st.tuples(
                st.sampled_from([events.MouseScrollUp, events.MouseScrollDown]),
                st.integers(1, 2),
            ),
        )
    )
)
def test_runs_mean_what_was_typed(given_in: list[object]) -> None:
    messages = [
        events.Key(each, None) if isinstance(each, str) else wheel(*each)  # type: ignore[misc]
        for each in given_in
    ]
    assert told(in_runs(messages)) == given_in


def test_a_flood_is_a_few_messages() -> None:
    moves = [wheel(events.MouseMove, x) for x in range(100)]
    wheels = [wheel(events.MouseScrollDown, 7) for _ in range(100)]
    both = [each for pair in zip(moves, wheels, strict=True) for each in pair]
    keys: list[Message] = [events.Key("down", None) for _ in range(1000)]
    run, *rest = in_runs(keys + both)
    assert isinstance(run, KeyRun)
    assert run.times == 1000
    assert len(rest) <= 3


def test_a_wheel_with_ctrl_stays_as_it_is() -> None:
    wheels = [wheel(events.MouseScrollDown, 7, ctrl=True) for _ in range(3)]
    assert in_runs(wheels) == wheels


def test_the_pointer_stays_where_a_button_went_down() -> None:
    steps = [
        wheel(kind, x)
        for kind, x in (
            (events.MouseMove, 1),
            (events.MouseMove, 2),
            (events.MouseDown, 2),
            (events.MouseMove, 3),
            (events.MouseMove, 4),
            (events.MouseUp, 4),
        )
    ]
    assert in_runs(steps) == [steps[1], steps[2], steps[4], steps[5]]


async def test_a_run_moves_the_cursor_as_often() -> None:
    async with stage() as it:
        await it.press("home")
        first = it.under_cursor
        await it.app.on_event(KeyRun(events.Key("down", None), 3))
        await it.settle()
        run = it.under_cursor
        await it.press("home", "down", "down", "down")
        assert run == it.under_cursor != first


async def test_a_run_of_what_is_no_movement_acts_as_often() -> None:
    async with stage() as it:
        await it.press("home")
        await it.app.on_event(KeyRun(events.Key("space", " "), 3))
        await it.settle()
        assert len(it.app.chosen) == 3


async def test_a_run_of_letters_is_typed_into_the_filter() -> None:
    async with stage() as it:
        await it.press("slash")
        await it.app.on_event(KeyRun(events.Key("j", "j"), 3))
        await it.settle()
        assert it.dashboard.filter_line.value == "jjj"


async def test_a_wheel_scrolls_as_often_as_it_was_turned() -> None:
    async with stage(size=(100, 8)) as it:
        down = wheel(events.MouseScrollDown, 9)
        await it.app.on_event(WheelRun(down, 2))  # type: ignore[arg-type]
        await it.settle()
        assert it.dashboard.table.scroll_offset.y == 2 * it.app.scroll_sensitivity_y

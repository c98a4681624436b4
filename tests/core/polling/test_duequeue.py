"""The queue of due times keeps the order, whatever is put in and taken out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.polling.duequeue import DueQueue

KEYS = st.integers(0, 8)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), KEYS, st.sampled_from((-1.0, 0.0, 0.5, 2.0))),
        st.tuples(st.just("discard"), KEYS, st.just(0.0)),
        st.tuples(st.just("look"), KEYS, st.just(0.0)),
    ),
    max_size=60,
)


@given(steps=STEPS)
def test_order_is_by_due_time_and_then_by_who_came_first(
    steps: list[tuple[str, int, float]],
) -> None:
    queue: DueQueue[int] = DueQueue()
    model: list[tuple[float, int]] = []  # who came first stands first
    for step, key, due in steps:
        if step == "look":
            order = sorted(model, key=lambda item: item[0])
            assert queue.first == (order[0] if order else None)
            places = {key: place for place, (_, key) in enumerate(order)}
            assert queue.place(key) == places.get(key)
            continue
        model = [item for item in model if item[1] != key]
        if step == "put":
            queue.put(key, due)
            model.append((due, key))
        else:
            queue.discard(key)


def test_many_changes_at_once_are_the_same_as_one_by_one() -> None:
    at_once: DueQueue[int] = DueQueue()
    one_by_one: DueQueue[int] = DueQueue()
    for key in range(1000):
        due = float(key * 7919 % 1000)
        at_once.put(key, due)
        one_by_one.put(key, due)
        assert one_by_one.first is not None
    assert [at_once.place(key) for key in range(1000)] == [
        one_by_one.place(key) for key in range(1000)
    ]

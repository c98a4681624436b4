"""Our dataclasses do what those of Python do, but for how they are made."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core import dataclass as ours


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    name: str
    size: int = 3
    parts: tuple[object, ...] = ()
    more: dict[str, int] = dataclasses.field(default_factory=dict)
    hidden: str = dataclasses.field(default="", repr=False)

    @property
    def double(self) -> int:
        return 2 * self.size


@ours.dataclass(frozen=True, slots=True)
class Ours:
    name: str
    size: int = 3
    parts: tuple[object, ...] = ()
    more: dict[str, int] = ours.field(default_factory=dict)
    hidden: str = ours.field(default="", repr=False)

    @property
    def double(self) -> int:
        return 2 * self.size


@ours.dataclass(slots=True)
class Plain:
    count: int = 0


@ours.dataclass(frozen=True, slots=True)
class Nothing:
    pass


@ours.dataclass(frozen=True, slots=True)
class Even:
    number: int

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError(f"odd: {self.number}")


@ours.dataclass(frozen=True, slots=True)
class Longer(Even):
    text: str = "x"


VALUES = st.fixed_dictionaries(
    {"name": st.text(max_size=2)},
    optional={
        "size": st.integers(0, 1),
        "parts": st.tuples(st.integers(0, 1)),
        "hidden": st.text(max_size=1),
    },
)


@given(VALUES, VALUES)
def test_they_compare_hash_read_and_print_alike(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    a, b, c, d = Ours(**one), Ours(**other), Theirs(**one), Theirs(**other)
    assert (a == b) is (c == d)
    assert a.double == c.double
    assert repr(a) == repr(c).replace("Theirs", "Ours")
    values = [getattr(a, name) for name in ours.names_of(Ours)]
    assert values == [getattr(c, field.name) for field in dataclasses.fields(c)]


@given(VALUES, st.integers())
def test_replace_changes_what_it_is_told(given_: dict[str, Any], size: int) -> None:
    value = Ours(**given_)
    changed = ours.replace(value, size=size)
    assert changed == Ours(**{**given_, "more": value.more, "size": size})
    assert value == Ours(**given_)


def test_equal_values_have_one_hash_and_other_classes_are_never_equal() -> None:
    assert hash(Longer(2)) == hash(Longer(2))
    assert len({Even(2), Even(2), Even(4)}) == 2
    assert Even(2) != Longer(2)
    assert Nothing() == Nothing() != object()


def test_a_value_with_what_has_no_hash_has_none() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Ours("a"))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Plain())


@pytest.mark.parametrize(
    "change",
    [
        lambda value: setattr(value, "name", "b"),
        lambda value: setattr(value, "new", "b"),
        lambda value: delattr(value, "name"),
    ],
)
def test_a_frozen_value_stays_as_it_is(change: Callable[[Ours], None]) -> None:
    value = Ours("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        change(value)
    assert value == Ours("a")


def test_a_plain_one_may_change_within_its_slots() -> None:
    plain = Plain()
    plain.count = 2
    assert plain == Plain(2)
    with pytest.raises(AttributeError):
        plain.other = 1  # type: ignore[attr-defined]


def test_the_check_after_init_holds_for_every_way_to_make_one() -> None:
    with pytest.raises(ValueError, match="odd: 3"):
        Even(3)
    with pytest.raises(ValueError, match="odd: 5"):
        ours.replace(Longer(2), number=5)
    assert Longer(2).text == "x"


def test_a_wrong_call_names_the_class_and_the_parameter() -> None:
    with pytest.raises(TypeError, match=r"Ours.__init__.*'name'"):
        Ours()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="colour"):
        ours.replace(Ours("a"), colour="red")  # type: ignore[call-arg]


def outcome(make: Callable[..., object], call: Call) -> str:
    args, kwargs = call
    try:
        return repr(make(*args, **kwargs))
    except TypeError as error:
        return str(error)


def in_three_fields(decorator: Callable[..., Any]) -> Callable[..., object]:
    @decorator(frozen=True, slots=True)
    class Value:
        a: int
        b: list[int] = ours.field(default_factory=list)
        c: int = 5

    return cast("Callable[..., object]", Value)


Call = tuple[tuple[object, ...], dict[str, object]]
CALLS = st.tuples(
    st.lists(st.integers(0, 9), max_size=4).map(tuple),
    st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 9)),
)


@given(st.integers(0, ours.RARE + 2), CALLS)
def test_the_first_objects_are_made_like_all_others(before: int, call: Call) -> None:
    expected = outcome(in_three_fields(dataclasses.dataclass), call)
    make = in_three_fields(ours.dataclass)
    for _ in range(before):
        make(1)
    assert outcome(make, call) == expected


def test_each_default_made_by_a_factory_is_another_one() -> None:
    assert Ours("a").more is not Ours("a").more


def test_patterns_take_the_fields_in_order() -> None:
    match Ours("a", 5):
        case Ours("a", size):
            assert size == 5

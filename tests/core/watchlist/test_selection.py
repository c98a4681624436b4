"""Ids, labels and tags to jobs."""

from __future__ import annotations

import pytest

from ims_tui.core.watchlist.selection import (
    UnknownNameError,
    pick,
    placed,
    placement,
    tagged,
)
from ims_tui.core.watchlist.watch import JobKey, Watch
from tests.core.entries import id_of

WATCHES = [
    Watch(id_of(1), "prod", "golden", ("weekly",)),
    Watch(id_of(2), "prod", "twice"),
    Watch(id_of(3), "dr", "twice", ("weekly",)),
    Watch(id_of(1), "dr"),
]
LISTED = {watch.key: watch for watch in WATCHES}


def test_labels_and_ids_name_jobs_once_and_in_order() -> None:
    words = ["golden", id_of(2).upper(), id_of(1), id_of(9)]
    assert pick(words, LISTED) == [
        JobKey("prod", id_of(1)),
        JobKey("prod", id_of(2)),
        JobKey("dr", id_of(1)),
        id_of(9),
    ]


def test_a_profile_narrows() -> None:
    assert pick([id_of(1)], LISTED, "dr") == [JobKey("dr", id_of(1))]
    assert pick(["twice"], LISTED, "dr") == [JobKey("dr", id_of(3))]
    assert tagged("weekly", LISTED, "dr") == [JobKey("dr", id_of(3))]
    assert len(tagged("weekly", LISTED)) == 2


def test_blanks_around_a_label_are_not_seen_and_not_needed() -> None:
    padded = Watch(id_of(4), "prod", " two  words ")
    for word in ("two  words", " two  words "):
        assert pick([word], {padded.key: padded}) == [padded.key]


def test_of_many_jobs_of_one_name_some_are_named() -> None:
    many = {JobKey("prod", id_of(n)): Watch(id_of(n), "prod", "all") for n in range(8)}
    with pytest.raises(UnknownNameError, match=f"{id_of(4)} and 3 more$"):
        pick(["all"], many)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("twice", "label of several jobs"),
        ("goldne", "did you mean 'golden'?"),
        ("xyz", "has 32 hex digits"),
        ("x\x1b[31m", r"No label is 'x\x1b[31m' either."),
    ],
)
def test_what_names_no_job(word: str, said: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        pick([word], LISTED)
    assert said in str(caught.value)
    assert "\x1b" not in str(caught.value)


NAMES = {
    JobKey("prod", id_of(1)): "golden",
    JobKey("prod", id_of(2)): "ubuntu-24.04",
    JobKey("dr", id_of(3)): "debian",
    JobKey("dr", id_of(1)): "debian",
}


def test_the_name_that_is_shown_names_a_job_where_no_label_does() -> None:
    assert pick(["ubuntu-24.04"], LISTED, names=lambda: NAMES) == [
        JobKey("prod", id_of(2))
    ]
    with pytest.raises(UnknownNameError, match="name of several jobs"):
        pick(["debian"], LISTED, names=lambda: NAMES)
    with pytest.raises(UnknownNameError, match=r"did you mean 'ubuntu-24\.04'"):
        pick(["ubuntu-2404"], LISTED, names=lambda: NAMES)


def test_names_are_not_read_where_labels_and_ids_do() -> None:
    def names() -> dict[JobKey, str]:
        raise AssertionError("read")

    assert pick(["golden", id_of(2)], LISTED, names=names)


PROJECTS = {"prod": "a" * 32, "dr": "b" * 32, "x": ""}
PROJECTS |= {"lab": "c" * 32, "lab2": "c" * 32}


@pytest.mark.parametrize(
    ("project", "usual", "profile", "is_stray"),
    [
        ("", "prod", "prod", False),
        ("a" * 32, "prod", "prod", False),
        ("b" * 32, "prod", "dr", False),
        ("b" * 32, "x", "dr", False),
        ("c" * 32, "prod", "prod", True),  # two profiles have that one
        ("c" * 32, "lab2", "lab2", False),
        ("d" * 32, "prod", "prod", True),
        ("d" * 32, "x", "x", False),  # whose project nobody said
        ("d" * 32, "gone", "gone", False),
    ],
)
def test_the_project_of_a_url_chooses_the_profile(
    project: str, usual: str, profile: str, is_stray: bool
) -> None:
    place = placement(project, usual, PROJECTS)
    assert place.profile == profile
    assert bool(place.stray) is is_stray
    named = (project, PROJECTS[profile]) if is_stray else ()
    assert all(name in place.stray for name in named)


@pytest.mark.parametrize("is_chosen", [True, False])
def test_new_jobs_go_to_the_profile_of_their_url(is_chosen: bool) -> None:
    new = [Watch(id_of(n), "prod") for n in (5, 6, 7)]
    named = {id_of(5): "b" * 32, id_of(6): "d" * 32}
    found, strays = placed(new, named, PROJECTS, is_chosen=is_chosen)
    mine = "prod" if is_chosen else "dr"
    assert [watch.profile for watch in found] == [mine, "prod", "prod"]
    assert [line.split(":")[0] for line in strays] == (
        [id_of(5), id_of(6)] if is_chosen else [id_of(6)]
    )

"""The filter line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import JobError
from ims_tui.core.show.filters import MAX_PATTERN, parse_filter
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.searchtext import FIELDS
from ims_tui.core.watchlist.watch import kept_result
from tests.core.entries import FAIL, SUCCESS, job, seen, watch

SAP = replace(
    seen(job(1, FAIL, step="ImportImageTask:ConvertTask",
             error=JobError("IMG.0057", "Disk format not supported")), 1),
    watch=replace(watch(1, "SAP data vol"), tags=("weekly", "sap"), note="ask Wu 武"),
)  # fmt: skip
ROCKY = seen(job(2, step="UploadImageTask:", job_type="imsNativeExportImageJob"), 2)
DONE = Entry(
    replace(watch(3, "debian"), result=kept_result(SUCCESS, "imsImportImageJob")),
)
KEPT = Entry(
    replace(
        watch(4), result=kept_result(FAIL, error_code="IMG.0020", fail_reason="quota")
    )
)
ALL = {"sap": SAP, "rocky": ROCKY, "done": DONE, "kept": KEPT}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "sap rocky done kept"),
        ("  ", "sap rocky done kept"),
        ("SAP", "sap"),
        ("sap vol", "sap"),
        ("sap rocky", ""),
        ('"data vol"', "sap"),
        ('"vol data"', ""),
        ("-sap", "rocky done kept"),
        ("-sap -debian", "rocky kept"),
        ("-", ""),
        ("武", "sap"),
        ("tag:week", "sap"),
        ("tags:week", "sap"),
        ("-tag:week", "rocky done kept"),
        ('label:"SAP data"', "sap"),
        ("LABEL:debian", "done"),
        ("state:fail", "sap kept"),
        ("state:ok", "done"),
        ("state:success", "done"),
        ("fail", ""),
        ("type:import", "sap done"),
        ("type:export", "rocky"),
        ("step:convert", "sap"),
        ("code:IMG.00", "sap kept"),
        ("reason:quota", "kept"),
        ("id:00002", "rocky"),
        ("profile:prod state:run", "rocky"),
        ("/^sap.*vol$/", "sap"),
        ("-/^sap/", "rocky done kept"),
        ("/img\\.00(20|57)/", "sap kept"),
        ("12:30", ""),
    ],
)
def test_terms(text: str, names: str) -> None:
    found = parse_filter(text)
    assert [name for name, e in ALL.items() if found.matches(e)] == names.split()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("colour:red sap", "no field colour; fields are state, label"),
        ("http://x sap", "no field http"),
        ("/(/ sap", "/(/ is not a pattern: missing )"),
        (f"/{'x' * (MAX_PATTERN + 1)}/ sap", "at most 200 characters"),
    ],
)
def test_what_cannot_be_read_is_said_and_ignored(text: str, problem: str) -> None:
    found = parse_filter(text)
    assert problem in found.problem
    assert [name for name, e in ALL.items() if found.matches(e)] == ["sap"]


@given(st.text() | st.lists(st.sampled_from([*'-/\\:"( [*', *FIELDS])).map("".join))
def test_any_text_is_a_filter(text: str) -> None:
    found = parse_filter(text)
    for entry in ALL.values():
        assert found.matches(entry) in (True, False)
    assert found.text == text.strip()


@given(st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_minus_is_the_opposite(word: str) -> None:
    for entry in ALL.values():
        with_word = parse_filter(word).matches(entry)
        assert parse_filter(f"-{word}").matches(entry) is not with_word


def test_a_pattern_of_which_python_warns_is_one_all_the_same() -> None:
    found = parse_filter("/[[]/")
    assert not found.problem
    assert len(found.terms) == 1

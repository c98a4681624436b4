"""The filter line."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import JobError
from ims_tui.core.show.comparisons import MEASURES, OPERATORS
from ims_tui.core.show.filters import MAX_PATTERN, Filter, parse_filter
from ims_tui.core.show.view import Times, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.searchtext import FIELDS, search_text
from ims_tui.core.watchlist.watch import kept_result
from tests.core.entries import FAIL, SUCCESS, ending, job, moment, seen, watch

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
VIEW = View(moment(3600))
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
        ("fail", "sap kept"),
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
        ("0000000003", "done"),
        ("label:0004", "kept"),
        ("label:0003", ""),
        ("prod", "sap rocky done kept"),
        ("success", "done"),
        ('"data vol', "sap"),
        ('-"data vol"', "rocky done kept"),
        ('note:"ask W', "sap"),
    ],
)
def test_terms(text: str, names: str) -> None:
    found = parse_filter(text)
    assert [name for name, e in ALL.items() if found.matches(e, VIEW)] == names.split()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("elapsed:30m sap", "elapsed is compared, as in elapsed>30m"),
        ("elapsed>abc sap", "elapsed> wants a time such as 90s, 30m or 1h30m"),
        ("elapsed>30 sap", "elapsed> wants a time such as"),
        ("elapsed> sap", "elapsed> wants a time such as"),
        ("elapsed!=30m sap", "no operator !=; there are > >= < <= ="),
        ("percent=~9 sap", "no operator =~; there are"),
        ("percent>101 sap", "percent> wants a whole percent from 0 to 100"),
        ("percent>9.5 sap", "percent> wants a whole percent"),
        ("ended>2026-02-31 sap", "ended> wants a day 2026-11-01"),
        ("ended<24:00 sap", "ended< wants a day"),
        ("label>x sap", "label is not compared; compared are elapsed, left"),
        ("env=prod sap", "Quotes find it as text"),
        ("colour:red sap", "no field colour; fields are state, label"),
        ("http://x sap", "no field http"),
        ("/(/ sap", "/(/ is not a pattern: missing )"),
        (f"/{'x' * (MAX_PATTERN + 1)}/ sap", "at most 200 characters"),
    ],
)
def test_what_cannot_be_read_is_said_and_ignored(text: str, problem: str) -> None:
    found = parse_filter(text)
    assert problem in found.problem
    assert [name for name, e in ALL.items() if found.matches(e, VIEW)] == ["sap"]


@given(
    st.text()
    | st.lists(st.sampled_from([*'-/\\:"( [*<>=~', *FIELDS, *MEASURES])).map("".join)
)
def test_any_text_is_a_filter(text: str) -> None:
    found = parse_filter(text)
    for entry in ALL.values():
        assert found.matches(entry, VIEW) in (True, False)
    assert found.text == text.strip()


@given(st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_minus_is_the_opposite(word: str) -> None:
    for entry in ALL.values():
        with_word = parse_filter(word).matches(entry, VIEW)
        assert parse_filter(f"-{word}").matches(entry, VIEW) is not with_word


def test_a_pattern_of_which_python_warns_is_one_all_the_same() -> None:
    found = parse_filter("/[[]/")
    assert not found.problem
    assert len(found.terms) == 1


# -- comparisons -----------------------------------------------------------------------

HALF = seen(job(5, ratio=0.5, begin_s=0), 5)
NEARLY = ending(seen(job(6, ratio=0.907, begin_s=3000), 6), 3800.0)
OVER = seen(job(7, SUCCESS, ratio=1.0, begin_s=-86400, end_s=-43200), 7)
SILENT = Entry(watch(8))
TIMED = {"half": HALF, "nearly": NEARLY, "over": OVER, "silent": SILENT}


def timed(text: str, view: View = VIEW) -> list[str]:
    found = parse_filter(text)
    assert not found.problem
    return [name for name, entry in TIMED.items() if found.matches(entry, view)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("elapsed>30m", "half over"),
        ("elapsed=1h", "half"),
        ("elapsed>1h", "over"),
        ("elapsed>=1h", "half over"),
        ("elapsed<=10m", "nearly"),
        ("ELAPSED<1h30m", "half nearly"),
        ("-elapsed>30m", "nearly silent"),
        ("elapsed>30m elapsed<2h", "half"),
        ("left<5m", "nearly"),
        ("left>5m", ""),
        ("percent>=90", "nearly over"),
        ("percent=90%", "nearly"),
        ("percent>90", "over"),
        ("percent<100", "half nearly"),
        ("ended>2026-11-22", "over"),
        ("ended>2026-11-23", ""),
        ("ended=2026-11-23", "over"),
        ("ended<2026-11-23", ""),
        ('ended="2026-11-23 00:00"', "over"),
        ("ended>2026-11-22T23:59:59", "over"),
        ("ended<14h", "over"),
        ("ended<12h", ""),
        ("started<2h", "half nearly"),
        ("started>=12:00", "half nearly"),
        ("started<13:30", "over"),
        ("ends<1h", "nearly"),
        ("ends=13:03", "nearly"),
        ("seen>1h", ""),
        ("seen<1h", "half nearly over"),
        ("50%", "half"),
    ],
)
def test_numbers_and_times_are_compared(text: str, names: str) -> None:
    assert timed(text) == names.split()


def test_a_day_is_one_of_the_zone_that_is_shown() -> None:
    east = View(moment(3600), zone=timezone(timedelta(hours=8)))
    utc = View(moment(3600), times=Times.UTC, zone=timezone(timedelta(hours=-8)))
    west = View(moment(3600), zone=timezone(timedelta(hours=-8)))
    assert timed("ended=2026-11-23", east) == ["over"]
    assert timed("ended=2026-11-23", utc) == ["over"]
    assert timed("ended=2026-11-22", west) == ["over"]


VALUES = {
    "percent": st.integers(0, 100).map(str),
    "ended": st.datetimes().map(lambda at: f'"{at:%H:%M}"') | st.just("12h"),
    "ends": st.dates().map(str),
    "started": st.datetimes().map(lambda at: f"{at:%Y-%m-%dT%H:%M}".zfill(16)),
}
SPANS = st.integers(0, 10**6).map(lambda seconds: f"{seconds}s")


@given(st.data(), st.sampled_from(sorted(MEASURES)), st.sampled_from([*TIMED]))
def test_a_value_is_below_at_or_above_what_is_written(
    data: st.DataObject, name: str, job_name: str
) -> None:
    value = data.draw(VALUES.get(name, SPANS))
    entry = TIMED[job_name]
    terms = {sign: parse_filter(f"{name}{sign}{value}") for sign in OPERATORS}
    assert not any(term.problem for term in terms.values())
    met = {sign: term.matches(entry, VIEW) for sign, term in terms.items()}
    has_value = MEASURES[name].of(entry, VIEW) is not None
    assert [met["<"], met["="], met[">"]].count(True) == int(has_value)
    assert met["<="] is (met["<"] or met["="])
    assert met[">="] is (met[">"] or met["="])
    for sign, term in terms.items():
        opposite = parse_filter(f"-{name}{sign}{value}")
        assert opposite.matches(entry, VIEW) is not term.matches(entry, VIEW)


@pytest.mark.parametrize(
    ("text", "depends"),
    [("sap", False), ("ended>2026-11-01", False), ("ended<2h", True),
     ("elapsed>1m", True), ("percent>9 left<5m", True), ("percent>9", False)],
)  # fmt: skip
def test_what_may_pass_later_is_known(text: str, depends: bool) -> None:
    assert parse_filter(text).depends_on_now is depends


# -- values that no job has ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("state:sleeping", "no job has state:sleeping; there are -, fail, ok, run"),
        ("profile:dr", "no job has profile:dr; there are prod"),
        ("tag:x sap", "no job has tag:x; there are sap, weekly"),
        ("state:fail tag:weekly rocky", ""),
        ("-tag:x", ""),
        ("note:x", ""),
    ],
)
def test_a_value_that_no_job_has_is_said_with_those_there_are(
    text: str, said: str
) -> None:
    texts = [search_text(entry) for entry in (*ALL.values(), SILENT)]
    assert parse_filter(text).unmet(texts) == said


def test_of_many_values_some_are_named() -> None:
    texts = [
        search_text(Entry(replace(watch(n), tags=(f"t{n:02}",)))) for n in range(12)
    ]
    assert parse_filter("tag:x").unmet(texts).endswith("t06, t07 and 4 more")
    assert parse_filter("tag:x").unmet([]) == "no job has tag:x; none has any"


def test_no_filter_has_no_term() -> None:
    assert parse_filter(" ") == Filter()

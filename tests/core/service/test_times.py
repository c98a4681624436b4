"""Service times, and the creation time inside job ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.service.times import id_time, is_legacy, parse_time, zone_offset_s

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AN_ID = "9a175ac79d2a54ad019df20050660001"
MADE = datetime(2026, 5, 4, 8, 0, 0, 102_000, UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-04T08:00:00.102Z", MADE),
        (" 2026-05-04T08:00:00.102Z ", MADE),
        ("2026-05-04T10:00:00.102+02:00", MADE),
        ("2026-05-04T08:00:00.102000Z", MADE),
        ("2026-05-04 08:00:00.102", MADE),
        ("04-May-2026 08:00:00:102", MADE),
        ("4-may-2026 08:00:00.102", MADE),
        ("04-May-2026 08:00:00", MADE.replace(microsecond=0)),
    ],
)
def test_reads_the_forms_of_the_manuals(text: str, expected: datetime) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-05-04",
        "1777881600102",
        "31-Feb-2026 08:00:00:102",
        "04-Mai-2026 08:00:00:102",
        "04-May-2026 25:00:00:102",
        "٠٤-May-2026 08:00:00:102",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_time_of_a_job_is_none(text: str) -> None:
    assert parse_time(text) is None


def test_tells_the_legacy_form() -> None:
    assert is_legacy("04-Jun-2015 18:11:06:586")
    assert not is_legacy("2026-05-04T08:00:00.102Z")


def test_a_time_ordered_id_holds_its_time() -> None:
    assert id_time(AN_ID, NOW) == MADE
    assert id_time(AN_ID.upper(), NOW) == MADE


@pytest.mark.parametrize(
    "job_id",
    [
        "",
        "edc89b490d7d4392898e19b2deb34797",  # random
        AN_ID[:-1],
        AN_ID + "0",
        "9a175ac79d2a54ad0x19df2005060001",
        "9a175ac79d2a54ad+19df20050660001",
        "9a175ac79d2a54ad0_9df20050660001",
        "9a175ac79d2a54adffffffffffff0001",
    ],
)
def test_other_ids_hold_none(job_id: str) -> None:
    assert id_time(job_id, NOW) is None


def test_an_id_from_the_day_after_tomorrow_holds_none() -> None:
    assert id_time(AN_ID, MADE - timedelta(hours=23)) == MADE
    assert id_time(AN_ID, MADE - timedelta(hours=25)) is None


@pytest.mark.parametrize(
    ("ahead_s", "expected"),
    [
        (28_799.999, 28_800),
        (-12_600, -12_600),
        (20_700, 20_700),
        (3, 0),
        (28_840, 0),
        (16 * 3600, 0),
    ],
)
def test_only_whole_quarter_hours_are_a_zone(ahead_s: float, expected: int) -> None:
    assert zone_offset_s(MADE + timedelta(seconds=ahead_s), MADE) == expected


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.Z+0-9:]*"))
def test_any_text_is_a_time_or_none(text: str) -> None:
    parsed = parse_time(text)
    assert parsed is None or parsed.tzinfo is UTC
    assert id_time(text, NOW) is None or len(text) == 32


@given(
    st.timedeltas(timedelta(days=1), timedelta(days=365_000)),
    st.integers(-14 * 60, 14 * 60),
)
def test_iso_times_come_back_whatever_their_zone(age: timedelta, minutes: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + age
    zoned = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert parse_time(zoned.isoformat()) == zoned

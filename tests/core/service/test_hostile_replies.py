"""Whatever a service sends: an outcome, and no string that could harm a terminal."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.service.outcome import Outcome, PollFailed, PollOk
from ims_tui.core.service.rawtext import raw_lines
from ims_tui.core.service.reply import MAX_CAUSE, parse_reply
from ims_tui.core.text import cell_len
from tests.core.hostile import CHARACTERS, FIELDS, Hostile, is_dangerous, strings_in
from tests.core.samples import JOB_ID, NOW
from tests.core.service.test_jsontext import values

REPLIES = 20_000


def examine(outcome: Outcome) -> None:
    """Fail where an outcome holds what must not be shown."""
    for text in strings_in(outcome):
        assert not is_dangerous(text), ascii(text)
        text.encode()
    if isinstance(outcome, PollFailed):
        assert cell_len(outcome.cause) <= MAX_CAUSE
        return
    job = outcome.job
    assert job.job_id.lower() == JOB_ID
    assert job.progress_ratio is None or 0 <= job.progress_ratio <= 1
    for one in (job, *job.sub_jobs):
        if one.began_at and one.ended_at:
            assert one.ended_at - one.began_at is not None


def test_twenty_thousand_hostile_replies() -> None:
    hostile = Hostile(seed=20_261_123)
    understood = 0
    for _ in range(REPLIES):
        http_status, headers, body = hostile.reply()
        outcome = parse_reply(http_status, headers, body, JOB_ID, now=NOW)
        examine(outcome)
        understood += isinstance(outcome, PollOk)
    # Else the generator has stopped reaching the fields.
    assert REPLIES / 20 < understood < REPLIES / 2


def test_hostile_bodies_are_laid_out_safely() -> None:
    hostile = Hostile(seed=7)
    for _ in range(1000):
        for line in raw_lines(hostile.reply()[2]):
            assert not is_dangerous(line), ascii(line)


@given(
    st.sampled_from([200, 401, 429, 500]),
    st.dictionaries(
        st.sampled_from(FIELDS),
        values | st.text(st.sampled_from(CHARACTERS)) | st.text(),
    ),
    st.dictionaries(st.sampled_from(["date", "retry-after", "location"]), st.text()),
)
def test_any_object_is_an_outcome(
    http_status: int, payload: dict[str, object], headers: dict[str, str]
) -> None:
    whole = {"status": "RUNNING", **payload, "job_id": JOB_ID}
    body = json.dumps(whole).encode()  # lone surrogates travel as escapes
    examine(parse_reply(http_status, headers, body, JOB_ID, now=NOW))


@given(st.integers(0, 999), st.binary(max_size=300))
def test_any_bytes_are_an_outcome(http_status: int, body: bytes) -> None:
    examine(parse_reply(http_status, {}, body, JOB_ID, now=NOW))


HEAD = b'{"job_id": "' + JOB_ID.encode() + b'", "status": "RUNNING", "entities": '


@pytest.mark.parametrize(
    "body",
    [
        HEAD + b"[" * 100_000,
        HEAD + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
        HEAD + b'{"image_name": "' + b"\x1b" * 10_000_000 + b'"}}',
        HEAD + b'{"image_name": "' + "数".encode() * 3_000_000 + b'"}}',
        HEAD + b'{"process_percent": ' + b"9" * 10_000 + b"}}",
        HEAD + b'{"process_percent": "' + b"9" * 1_000_000 + b'"}}',
        HEAD + b'{"sub_jobs_result": [' + b"{}," * 200_000 + b"{}]}}",
        HEAD + b"{" + b",".join(b'"%d": 0' % n for n in range(400_000)) + b"}}",
        b"<" * 10_000_000,
        b"<script" * 1_000_000,
        b"A1" * 5_000_000,
    ],
    ids=lambda body: f"{body[-12:]!r}",
)
@pytest.mark.parametrize("http_status", [200, 502])
def test_monsters_take_little_time(http_status: int, body: bytes) -> None:
    began = time.perf_counter()
    outcome = parse_reply(http_status, {}, body, JOB_ID, now=NOW)
    took_s = time.perf_counter() - began
    examine(outcome)
    assert sum(map(len, strings_in(outcome))) < 3_000_000
    assert took_s < 3

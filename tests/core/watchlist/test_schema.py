"""The JSON Schema of the watchlist refuses what its reader refuses."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime
from inspect import signature

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from ims_tui.core.watchlist.document import WatchDoc, WatchTextError
from ims_tui.core.watchlist.entrytoml import ENTRY, RESULT
from ims_tui.core.watchlist.schema import watchlist_schema
from ims_tui.core.watchlist.watch import Watch, kept_result

VALIDATOR = Draft202012Validator(watchlist_schema())
JOB = '[[jobs]]\nid = "9a175ac792fa12d20193002100dd2762"\n'
WHOLE = (
    "schema = 1\n"
    + JOB
    + """profile = "prod"
label = "SAP"
tags = ["weekly", "sap"]
note = "ask Wu"
added = 2026-11-23T11:42:40.5+08:00
muted = true
colour = "of another program"
[jobs.result]
status = "FAIL"
type = "imsImportImageJob"
began = 2026-11-23 11:42:40
ended = 2026-11-23
began_offset_s = -28800
seen = 2026-11-23T11:42:40Z
error_code = "IMG.0057"
"""
)


def is_valid(text: str) -> bool:
    """What an editor says, which sees times as texts."""

    def as_text(value: object) -> str:
        assert isinstance(value, (datetime, date))
        return value.isoformat()

    values = json.loads(json.dumps(tomllib.loads(text), default=as_text))
    return VALIDATOR.is_valid(values)


def is_read(text: str) -> bool:
    """Whether every entry can be used."""
    try:
        return not WatchDoc.parse(text.encode()).report().problems
    except WatchTextError:
        return False


@pytest.mark.parametrize("validator", [Draft202012Validator, Draft4Validator])
def test_it_is_a_schema(validator: type[Draft202012Validator]) -> None:
    schema = {k: v for k, v in watchlist_schema().items() if k[0] != "$"}
    validator.check_schema(schema)


@pytest.mark.parametrize("text", ["", "schema = 1\n", JOB, WHOLE])
def test_what_is_read_is_valid(text: str) -> None:
    assert is_read(text)
    assert is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "schema = true",
        "jobs = 1",
        "[[jobs]]\nlabel = 'x'",
        "[[jobs]]\nid = 'x'",
        JOB + "profile = 1",
        JOB + "tags = 'weekly'",
        JOB + "tags = [1]",
        JOB + "added = 'yesterday'",
        JOB + "added = 5",
        JOB + "muted = 1",
        JOB + "result = 1",
        JOB + "[jobs.result]\ntype = 'x'",
        JOB + "[jobs.result]\nstatus = 'RUNNING'",
        JOB + "[jobs.result]\nstatus = 'FAIL'\nbegan_offset_s = 90000",
    ],
)
def test_what_is_not_read_is_not_valid(text: str) -> None:
    assert not is_read(text)
    assert not is_valid(text)


def test_every_part_of_a_watch_stands_in_the_file() -> None:
    assert {key.field for key in ENTRY} == {*Watch.__struct_fields__}
    assert {key.field for key in RESULT} == {*signature(kept_result).parameters}

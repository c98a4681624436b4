"""Which call a profile has, from one run to the next."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ims_tui.adapters.callfile import CallFile

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def test_it_is_remembered_for_a_day(tmp_path: Path) -> None:
    path = tmp_path / "state" / "calls"
    CallFile(path).note("prod", NOW, is_deprecated=True)
    calls = CallFile(path)
    assert calls.is_deprecated("prod", NOW + timedelta(hours=23))
    assert not calls.is_deprecated("prod", NOW + timedelta(hours=24))
    assert not calls.is_deprecated("prod", NOW - timedelta(hours=1))
    assert not calls.is_deprecated("other", NOW)
    calls.note("prod", NOW, is_deprecated=False)
    assert not calls.is_deprecated("prod", NOW)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"prod": 1}', '{"prod": "x"}', "\x00"]
)
def test_a_file_of_no_use_is_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calls"
    path.write_text(text)
    calls = CallFile(path)
    assert not calls.is_deprecated("prod", NOW)
    calls.note("prod", NOW, is_deprecated=True)
    assert calls.is_deprecated("prod", NOW)


def test_a_named_pipe_in_its_place_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "calls"
    os.mkfifo(path)
    assert not CallFile(path).is_deprecated("prod", NOW)

"""Options of the test run."""

from __future__ import annotations

import pytest
from hypothesis import settings

from ims_tui.cli import process

process.prepare()
settings.register_profile("untimed", deadline=None)  # a busy machine is no fault
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden screens anew"
    )

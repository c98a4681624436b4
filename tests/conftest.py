"""Options of the test run."""

from __future__ import annotations

import pytest

from ims_tui.cli import process

process.prepare()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden screens anew"
    )

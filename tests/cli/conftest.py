"""A service and a program for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import QUICK, Program
from tests.cli.service import Service


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as service:
        yield service


@pytest.fixture
def program(tmp_path: Path, service: Service) -> Program:
    program = Program(tmp_path, service.url)
    program.configure(QUICK)
    return program

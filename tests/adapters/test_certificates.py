"""What certificates are checked by."""

from __future__ import annotations

import tempfile
from typing import NoReturn

import pytest

from ims_tui.adapters.certificates import trusted


def test_the_usual_authorities_need_no_temporary_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nowhere() -> NoReturn:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", nowhere)
    assert trusted("", {}).get_ca_certs()

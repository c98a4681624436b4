"""Which files the program uses, as values."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct


class Places(Struct, frozen=True):
    """Every file place of one run."""

    config: Path
    """The operator's; only `config init` writes it, once."""
    watchlist: Path
    state: Path
    log: Path
    themes: Path
    config_is_named: bool = False
    """Whether the operator named the config file: then it must be there."""

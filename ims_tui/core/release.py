"""Which release of the program this is."""

from __future__ import annotations

VERSION = "0.1.0"
"""As `--version`, the manual pages and the requests say it."""

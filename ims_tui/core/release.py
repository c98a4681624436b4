"""Which release of the program this is, and of the JSON that it writes."""

from __future__ import annotations

VERSION = "0.1.0"
"""As `--version`, the manual pages and the requests say it."""

JSON_SCHEMA = 2
"""Of every JSON document, as `list --schema` describes them; changes only where
something is taken away or means something else."""

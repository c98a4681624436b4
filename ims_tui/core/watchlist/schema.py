"""watchlist.toml as a JSON Schema, for editors; derived from the keys of an entry."""

from __future__ import annotations

from ims_tui.core.config.schema import DIALECT
from ims_tui.core.watchlist.document import JOBS, SCHEMA
from ims_tui.core.watchlist.entrytoml import ENTRY


def watchlist_schema() -> dict[str, object]:
    """The schema of watchlist.toml; keys of other programs are left alone."""
    entry = {
        "type": "object",
        "required": ["id"],
        "properties": {k.name: {"description": k.words, **k.schema} for k in ENTRY},
    }
    words = f"of this file; a larger one than {SCHEMA} is only read"
    return {
        "$schema": DIALECT,
        "$id": "urn:ims-tui:watchlist:1",
        "title": "watchlist.toml of ims-tui",
        "type": "object",
        "properties": {
            "schema": {"description": words, "type": "integer"},
            JOBS: {"description": "watched jobs", "type": "array", "items": entry},
        },
    }

"""Decodes single values of the state files, which anything may have written.

What is returned is bounded and safe to show and to compute with.
"""

from __future__ import annotations

from datetime import datetime

from ims_tui.core.service.times import parse_time
from ims_tui.core.text import printable
from ims_tui.core.watchlist.ids import is_job_id
from ims_tui.core.watchlist.watch import JobKey

MOST_CHARS = 1_000_000
"""Of one stored text; a long archived line has some thousand."""

MOST_S = 3.2e9
"""Of a stored length: a hundred years."""

_MOST_NAME = 256


class StoredValueError(ValueError):
    """A stored value that cannot be used; the text says which, in one line."""


def stored_key(profile: object, job_id: object) -> JobKey:
    """A key of a job.

    Raises:
        StoredValueError: it is not one that we write.
    """
    key = JobKey(stored_text(profile, _MOST_NAME), stored_text(job_id, _MOST_NAME))
    if key != (profile, job_id) or not is_job_id(key.job_id):
        raise StoredValueError(f"{_shown(job_id)} is not a job id")
    return key


def stored_time(value: object) -> datetime:
    """A time as aware UTC; without a zone it counts as UTC.

    Raises:
        StoredValueError: it is no time, or none of a job.
    """
    found = parse_time(value) if isinstance(value, str) and len(value) < 64 else None
    if found is None:
        raise StoredValueError(f"{_shown(value)} is not a time")
    return found


def stored_number(value: object, most: float = MOST_S, least: float = 0.0) -> float:
    """A number from `least` to `most`.

    Raises:
        StoredValueError: it is none.
    """
    if (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and least <= value <= most  # false for NaN
    ):
        return value
    raise StoredValueError(
        f"{_shown(value)} is not a number from {least:g} to {most:g}"
    )


def stored_text(value: object, most: int = MOST_CHARS) -> str:
    """A text, printable.

    Raises:
        StoredValueError: it is none, or longer than `most` characters.
    """
    if not isinstance(value, str) or len(value) > most:
        raise StoredValueError(
            f"{_shown(value)} is not a text of up to {most} characters"
        )
    return printable(value, most)


def stored_json(value: object) -> object:
    """The value of a JSON text.

    Raises:
        StoredValueError: it is too long, nested too deeply, or no JSON.
    """
    import json  # 2 ms, and nothing stored is read before the first frame

    if not isinstance(value, str) or len(value) > MOST_CHARS:
        raise StoredValueError(f"{_shown(value)} is not a JSON text of usual length")
    try:
        decoded: object = json.loads(value)
    except (ValueError, RecursionError) as error:
        # Of a number that is too long Python names a function to call.
        is_syntax = isinstance(error, json.JSONDecodeError)
        why = str(error) if is_syntax else "it is nested too deeply, or a number long"
        raise StoredValueError(f"{_shown(value)} is not JSON: {why}") from None
    return decoded


def stored_rows(value: object, most: int) -> list[list[object]]:
    """The rows of a JSON text that is a list of lists, no more than `most`.

    Raises:
        StoredValueError: it is something else.
    """
    rows = stored_json(value)
    if not isinstance(rows, list) or len(rows) > most:
        raise StoredValueError(f"{_shown(value)} is not a list of up to {most} rows")
    if not all(isinstance(row, list) for row in rows):
        raise StoredValueError(f"{_shown(value)} is not a list of rows")
    return rows


def _shown(value: object) -> str:
    if isinstance(value, (int, float)):
        return repr(value)
    return printable(value if isinstance(value, str) else type(value).__name__, 40)

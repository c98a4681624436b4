"""The history of ended jobs in SQLite: one row per job that still teaches."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from ims_tui.adapters.storedrows import readable, sane
from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.entry import MAX_SIGHTINGS
from ims_tui.core.state.history import PastJob, Sample
from ims_tui.core.state.stored_value import (
    MOST_CHARS,
    stored_key,
    stored_number,
    stored_rows,
    stored_text,
    stored_time,
)
from ims_tui.core.text import MAX_TEXT

MOST_PER_TYPE = 50
"""More jobs of one type teach nothing: the oldest fade."""

HISTORY = """
CREATE TABLE history (
    profile TEXT, job_id TEXT, job_type TEXT, outcome TEXT, ended_at TEXT,
    length_s REAL, samples TEXT,
    PRIMARY KEY (profile, job_id)
) WITHOUT ROWID;
CREATE INDEX history_by_end ON history (ended_at)
"""
"""Times are ISO 8601 in UTC, so that they sort as text."""

_COLUMNS = f"""profile, job_id, job_type, outcome, ended_at, length_s,
    {sane("samples", MOST_CHARS)}"""
_PLACED = """(SELECT *, ROW_NUMBER() OVER (
    PARTITION BY profile, job_type ORDER BY ended_at DESC) AS place FROM history)"""
_LATEST = f"""SELECT {_COLUMNS} FROM {_PLACED}
    WHERE place <= {MOST_PER_TYPE} ORDER BY ended_at"""
_FADED = f"""DELETE FROM history WHERE (profile, job_id) IN
    (SELECT profile, job_id FROM {_PLACED} WHERE place > {MOST_PER_TYPE})"""


def read_past(db: sqlite3.Connection) -> list[PastJob]:
    """The latest jobs of every type, the latest last; damaged rows are left out."""
    return readable(db.execute(_LATEST), _past, "history of {1}")


def write_past(db: sqlite3.Connection, jobs: Sequence[PastJob]) -> None:
    """Keep how jobs went; of one that is known already nothing changes."""
    db.executemany(
        """INSERT OR IGNORE INTO history
            (profile, job_id, job_type, outcome, ended_at, length_s, samples)
            VALUES (?,?,?,?,?,?,?)""",
        [
            (
                *job.key,
                job.job_type,
                job.outcome.value,
                job.ended_at.isoformat(),
                job.length_s,
                _packed(job.samples),
            )
            for job in jobs
        ],
    )


def tidy(db: sqlite3.Connection, forget_before: datetime) -> None:
    """Drop rows from before a time, and those that later ones made fade.

    The others stay whole: of a type that runs once a month a start knows all, too.
    """
    db.execute("DELETE FROM history WHERE ended_at < ?", (forget_before.isoformat(),))
    db.execute(_FADED)


def _packed(samples: Iterable[Sample]) -> str:
    rows = [(s.age_s, s.gap_s, s.step, s.progress_ratio) for s in samples]
    return json.dumps(rows, separators=(",", ":"))


def _past(row: Sequence[object]) -> PastJob:
    """One row as a value.

    Raises:
        ValueError: it is damaged.
    """
    profile, job_id, job_type, outcome, ended_at, length_s, samples = row
    return PastJob(
        stored_key(profile, job_id),
        stored_text(job_type, MAX_TEXT),
        JobStatus(str(outcome)),
        stored_time(ended_at),
        stored_number(length_s),
        [_sample(*values) for values in stored_rows(samples, MAX_SIGHTINGS)],
    )


def _sample(age_s: object, gap_s: object, step: object, ratio: object) -> Sample:
    return Sample(
        stored_number(age_s),
        stored_number(gap_s),
        stored_text(step, MAX_TEXT),
        None if ratio is None else stored_number(ratio, 1.0),
    )

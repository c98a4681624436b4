"""The history of ended jobs in SQLite: one row per job, samples thinned by age."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.history import PastJob, Sample, thinned
from ims_tui.core.watchlist.watch import JobKey

_LOG = logging.getLogger(__name__)

MOST_PER_TYPE = 50
"""More jobs of one type teach nothing: the oldest fade."""

HISTORY = """
CREATE TABLE history (
    profile TEXT, job_id TEXT, job_type TEXT, outcome TEXT, ended_at TEXT,
    length_s REAL, samples TEXT, is_thin INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (profile, job_id)
) WITHOUT ROWID;
CREATE INDEX history_by_end ON history (ended_at)
"""
"""Times are ISO 8601 in UTC, so that they sort as text."""

_LATEST = f"""SELECT profile, job_id, job_type, outcome, ended_at, length_s, samples
    FROM (SELECT *, ROW_NUMBER() OVER (
            PARTITION BY profile, job_type ORDER BY ended_at DESC) AS place
        FROM history)
    WHERE place <= {MOST_PER_TYPE} ORDER BY ended_at"""


def read_past(db: sqlite3.Connection) -> list[PastJob]:
    """The latest jobs of every type, the latest last; damaged rows are left out."""
    return [job for row in db.execute(_LATEST) if (job := _past(row)) is not None]


def write_past(db: sqlite3.Connection, jobs: Iterable[PastJob]) -> None:
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


def tidy(
    db: sqlite3.Connection, forget_before: datetime, thin_before: datetime
) -> None:
    """Drop rows from before one time, and samples from before another."""
    db.execute("DELETE FROM history WHERE ended_at < ?", (forget_before.isoformat(),))
    thick = db.execute(
        """SELECT profile, job_id, job_type, outcome, ended_at, length_s, samples
            FROM history WHERE ended_at < ? AND NOT is_thin""",
        (thin_before.isoformat(),),
    )
    db.executemany(
        "UPDATE history SET samples=?, is_thin=1 WHERE profile=? AND job_id=?",
        [
            (_packed(thinned(job.samples)), *job.key)
            for row in thick.fetchall()
            if (job := _past(row)) is not None
        ],
    )


def _packed(samples: Iterable[Sample]) -> str:
    rows = [(s.age_s, s.gap_s, s.step, s.progress_ratio) for s in samples]
    return json.dumps(rows, separators=(",", ":"))


def _past(row: Sequence[object]) -> PastJob | None:
    """One row as a value; None where it is damaged."""
    profile, job_id, job_type, outcome, ended_at, length_s, samples = row
    try:
        return PastJob(
            JobKey(str(profile), str(job_id)),
            str(job_type),
            JobStatus(str(outcome)),
            datetime.fromisoformat(str(ended_at)),
            float(str(length_s)),
            [_sample(*values) for values in json.loads(str(samples))],
        )
    except (TypeError, ValueError) as error:
        _LOG.warning("history of %s left out: %s", job_id, error)
        return None


def _sample(age_s: object, gap_s: object, step: object, ratio: object) -> Sample:
    number = None if ratio is None else float(str(ratio))
    return Sample(float(str(age_s)), float(str(gap_s)), str(step), number)

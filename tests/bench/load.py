"""Jobs in any number for the measurements, made of real replies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from ims_tui.core.moment import Moment
from ims_tui.core.service.outcome import PollOk
from ims_tui.core.service.reply import parse_reply
from ims_tui.core.state.archive_row import Archived, ArchivedRow, archived
from ims_tui.core.state.entry import Entry, after_poll
from ims_tui.core.watchlist.watch import JobKey, Watch

PROFILE = "default"
TYPES = (
    "imsImportImageJob",
    "imsCopyImageInRegionJob",
    "imsCreateImageByInstance",
    "imsNativeExportImageJob",
)
STEPS = ("ImportImageTask:ConvertImageTask", "CopyImageInRegionTask:", "UploadTask")


def job_id(number: int) -> str:
    """A well-formed id."""
    return f"9a175ac7{number:024x}"


def label(number: int) -> str:
    """A label with a number that is easy to find."""
    words = ("rocky9-base", "win2019-golden", "跨区复制", "ubuntu24-gpu", "sap-data")
    return f"{words[number % len(words)]}-{number:05d}"


def reply_body(number: int, status: str, now: datetime, ratio: float = 0.25) -> bytes:
    """What the service says of a job."""
    begun = now - timedelta(seconds=60 + number % 3000)
    has_ended = status in ("SUCCESS", "FAIL")
    is_bad = status == "FAIL"
    return json.dumps(
        {
            "job_id": job_id(number),
            "job_type": TYPES[number % len(TYPES)],
            "begin_time": f"{begun:%Y-%m-%dT%H:%M:%S}.000Z",
            "end_time": f"{now:%Y-%m-%dT%H:%M:%S}.000Z" if has_ended else "",
            "status": status,
            "error_code": "IMG.0057" if is_bad else None,
            "fail_reason": "The image file is missing or empty." if is_bad else None,
            "entities": {
                "process_percent": 1.0 if status == "SUCCESS" else ratio,
                "current_task": STEPS[number % len(STEPS)],
                "image_id": f"eacac5cb-1153-4b8c-873c-{number:012x}",
            },
        }
    ).encode()


def entries(count: int, status: str, now: Moment) -> Iterator[Entry]:
    """Jobs in one status, as they are after a poll."""
    for number in range(count):
        body = reply_body(number, status, now.wall, number % 100 / 100)
        outcome = parse_reply(200, {}, body, job_id(number), now=now.wall)
        assert isinstance(outcome, PollOk)
        watch = Watch(job_id(number), PROFILE, label(number), added=now.wall)
        yield replace(after_poll(Entry(watch), outcome, now, now.wall), is_news=False)


def archived_jobs(count: int, now: Moment) -> Iterator[Archived]:
    """Jobs of a year with their replies, the latest first, one in twenty failed.

    Made of a few real ones: parsing a hundred thousand replies would take a minute.
    """
    made = [*entries(380, "SUCCESS", now), *entries(400, "FAIL", now)]
    jobs = [archived(entry, now.wall) for entry in made[:380] + made[-20:]]
    for number in range(count):
        job = jobs[number % len(jobs)]
        key = JobKey(PROFILE, f"0{number * 7919 % 16**7:07x}{number:024x}")
        ended = now.wall - timedelta(days=8, seconds=number * 120)
        at = f'"ended":"{ended:%Y-%m-%dT%H:%M:%S}'
        line = job.row.line.replace(job.key.job_id, key.job_id)
        line = line.replace(label_end(job), f"-{number:06d}")
        line = line.replace(f'"ended":"{now.wall:%Y-%m-%dT%H:%M:%S}', at)
        assert job.poll is not None
        body = job.poll.exchange.body.replace(
            job.key.job_id.encode(), key.job_id.encode()
        )
        exchange = replace(job.poll.exchange, body=body)
        yield Archived(
            ArchivedRow(key, ended, line),
            replace(job.poll, key=key, exchange=exchange),
        )


def label_end(job: Archived) -> str:
    """The number in a label, which differs from job to job."""
    return f"-{int(job.key.job_id[8:], 16):05d}"


def moment() -> Moment:
    """Now."""
    import time

    return Moment(datetime.now(UTC), time.monotonic())

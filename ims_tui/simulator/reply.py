"""The two reply shapes of a job: the documented call's and the deprecated one's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from msgspec import Struct

from ims_tui.simulator.plan import JobPlan, JobState, Shape

Body = dict[str, Any]
Stamp = Callable[[float], str]
"""Simulated offset to the text of `begin_time` and `end_time`."""

LEGACY_ZONE = timezone(timedelta(hours=8))
"""The manual calls the old format UTC; its own sample's job id says UTC+8."""
MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


class SimulatedJob(Struct, frozen=True):
    """A plan that has become a job."""

    job_id: str
    image_id: str
    worker_id: str
    """The `subJobId` of an import: an id without a time in it."""
    plan: JobPlan
    children: tuple[SimulatedJob, ...] = ()


def iso_time(wall: datetime) -> str:
    """`2026-03-27T02:14:03.552Z`, the current format; `wall` in UTC."""
    return f"{wall:%Y-%m-%dT%H:%M:%S}.{wall.microsecond // 1000:03d}Z"


def legacy_time(wall: datetime) -> str:
    """`04-Jun-2015 18:11:06:586`, the old format, independent of the locale."""
    there = wall.astimezone(LEGACY_ZONE)
    month = MONTHS[there.month - 1]
    return f"{there:%d}-{month}-{there:%Y %H:%M:%S}:{there.microsecond // 1000:03d}"


def progress_reply(job: SimulatedJob, elapsed_s: float, stamp: Stamp) -> Body | None:
    """`GET /v1/cloudimages/job/{job_id}`; None before the job exists."""
    state = job.plan.state(elapsed_s)
    if state is None:
        return None
    return _reply(job, state, stamp, _progress_entities(job, state, elapsed_s, stamp))


def sibling_reply(job: SimulatedJob, elapsed_s: float, stamp: Stamp) -> Body | None:
    """`GET /v1/{project_id}/jobs/{job_id}`; None before the job exists."""
    state = job.plan.state(elapsed_s)
    if state is None:
        return None
    return _reply(job, state, stamp, _sibling_entities(job, state, elapsed_s, stamp))


def _reply(job: SimulatedJob, state: JobState, stamp: Stamp, entities: Body) -> Body:
    failure = state.failure
    return {
        "job_id": job.job_id,
        "job_type": job.plan.recipe.job_type,
        "begin_time": stamp(job.plan.begin_s),
        "end_time": "" if state.ended_s is None else stamp(state.ended_s),
        "status": state.status,
        "error_code": failure.code if failure else None,
        "fail_reason": failure.reason if failure else None,
        "entities": entities,
    }


def _progress_entities(
    job: SimulatedJob, state: JobState, elapsed_s: float, stamp: Stamp
) -> Body:
    shape = job.plan.recipe.shape
    if state.status == "INIT":
        return {}
    if shape is Shape.PARENT:
        return {"sub_jobs_result": _sub_jobs(job, elapsed_s, stamp)}
    progress = {"process_percent": state.percent, "current_task": state.task}
    if shape in (Shape.MEMBERS, Shape.REMOVED_MEMBERS):
        return progress
    worker = {"subJobId": job.worker_id} if shape is Shape.IMPORT else {}
    return {
        "image_name": job.plan.image,
        **worker,
        "image_id": job.image_id,
        **progress,
    }


def _sibling_entities(
    job: SimulatedJob, state: JobState, elapsed_s: float, stamp: Stamp
) -> Body:
    match job.plan.recipe.shape:
        case _ if state.status == "INIT":
            return {}
        case Shape.PARENT:
            sub_jobs = _sub_jobs(job, elapsed_s, stamp)
            ids = [sub_job["job_id"] for sub_job in sub_jobs]
            return {"sub_jobs_result": sub_jobs, "sub_jobs_list": ids}
        case Shape.SERVERS:
            sub_jobs = [
                sibling
                for child in job.children
                if (sibling := sibling_reply(child, elapsed_s, stamp)) is not None
            ]
            return {"sub_jobs_total": len(job.children), "sub_jobs": sub_jobs}
        case Shape.SERVER:
            return {"server_id": job.image_id}
        case Shape.DISK:
            disk = {"volume_type": "SSD", "size": 40, "volume_id": job.image_id}
            return {**disk, "name": job.plan.image}
        case Shape.MEMBERS:
            return {"results": [{"image_id": job.image_id, "status": "success"}]}
        case Shape.REMOVED_MEMBERS:
            return {"results": []}
        case Shape.NAMELESS:
            return {"image_id": job.image_id}
        case _:
            return {"image_name": job.plan.image, "image_id": job.image_id}


def _sub_jobs(job: SimulatedJob, elapsed_s: float, stamp: Stamp) -> list[Body]:
    return [
        _reply(
            child,
            state,
            stamp,
            {"image_name": child.plan.image, "image_id": child.image_id},
        )
        for child in job.children
        if (state := child.plan.state(elapsed_s)) is not None
    ]

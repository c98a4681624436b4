"""The services of the job framework whose jobs are followed.

All three answer `GET /v1/{project_id}/jobs/{job_id}` in one form (ECS manual, "Querying
Job Execution Status"; EVS manual, "Querying Task Status"; IMS, ShowJob); IMS has a call
of its own besides.
"""

from __future__ import annotations

import re
from enum import StrEnum


class JobService(StrEnum):
    """Whose job it is."""

    IMS = "ims"
    ECS = "ecs"
    EVS = "evs"

    @property
    def word(self) -> str:
        """The name for people."""
        return self.value.upper()


def lane_name(profile: str, service: JobService) -> str:
    """What the polling of a profile's jobs of one service is called."""
    return profile if service is JobService.IMS else f"{profile} ({service})"


def lane_parts(name: str) -> tuple[str, JobService]:
    """The profile and the service that `lane_name` made a name of."""
    for service in (JobService.ECS, JobService.EVS):
        if (profile := name.removesuffix(f" ({service})")) != name:
            return profile, service
    return name, JobService.IMS


_IMS_HOST = r"(?ai)(https?://)ims((?:\.[a-z0-9_-]+){3,}(?::\d+)?)/?"
_THIS_MACHINE = r"(?ai)https?://(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?/?"


def sibling_endpoint(ims_endpoint: str, service: JobService) -> str:
    """Address of another service beside that of IMS, in the same cloud.

    `ims.<region>.<cloud>` says `ecs.<region>.<cloud>`; a service on this machine stands
    for all. Empty where the address has another form.
    """
    if re.fullmatch(_THIS_MACHINE, ims_endpoint):
        return ims_endpoint
    found = re.fullmatch(_IMS_HOST, ims_endpoint)
    return f"{found[1]}{service}{found[2]}" if found else ""
